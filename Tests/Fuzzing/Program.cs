using System.CommandLine;
using System.Globalization;
using MdcTts.Fuzzing;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var url = new Option<string>("--url") { Required = true, Description = "A running app with data that may be spoilt" };
var email = new Option<string>("--email") { Required = true, Description = "An admin without a second factor" };
var password = new Option<string>("--password") { Required = true };
var each = new Option<int>("--each") { DefaultValueFactory = _ => 200, Description = "Requests for each endpoint" };
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "The same seed, the same requests" };
var root = new RootCommand(
    "Sends mutated requests to every endpoint: by the OpenAPI document, and by the forms and queries of the pages. "
        + "Fails when one is answered 5xx, shows its markup again as markup, or when one kind of input takes much "
        + "longer than the others. Start the app with RateLimits__Enabled=false."
)
{
    url,
    email,
    password,
    each,
    seed,
};
root.SetAction(
    async (parsed, stop) =>
    {
        using var visitor = new Visitor(
            new(parsed.GetValue(url)!),
            parsed.GetValue(email)!,
            parsed.GetValue(password)!
        );
        await visitor.SignIn(stop);
        var endpoints = await Endpoints.Find(visitor, stop);
        return await new Fuzzer(visitor, new(parsed.GetValue(seed))).Run(endpoints, parsed.GetValue(each), stop);
    }
);
return await root.Parse(args).InvokeAsync();
