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

var folder = new Argument<string>("folder") { Description = "Whole spreadsheets" };
var count = new Option<int>("--count") { DefaultValueFactory = _ => 5_000, Description = "How many spoilt ones" };
var registers = new Command("registers", "Reads spoilt spreadsheets: each is answered, soon and in little memory")
{
    folder,
    count,
    seed,
};
registers.SetAction(parsed =>
{
    var files = Directory
        .EnumerateFiles(parsed.GetValue(folder)!)
        .Order(StringComparer.Ordinal)
        .Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))
        .ToList();
    var seen = RegisterFuzzer.Run(files, parsed.GetValue(seed), parsed.GetValue(count));
    foreach (var line in seen.Wrong)
        Console.WriteLine(line);
    Console.WriteLine(
        $"{seen.Read} read, {seen.Refused} refused, {seen.Wrong.Count} wrong; "
            + $"slowest {seen.Slowest.TotalSeconds:0.00} s, at most {seen.Largest >> 20} MB"
    );
    return seen.Wrong.Count == 0 ? 0 : 1;
});
root.Add(registers);
return await root.Parse(args).InvokeAsync();
