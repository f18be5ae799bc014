using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Accounts.Confirming;

/// <summary>
/// Asks for a proof before something dangerous: before its form is shown or, when that was filled in too slowly, on the way: the page carries what was typed and posts it together with the proof.
/// Passwords among it are not carried but typed again.
/// </summary>
public static class ConfirmIdentity
{
    public const string Password = "proofPassword";
    public const string Code = "proofCode";
    public const string Credential = "proofCredential";

    public sealed class Command
    {
        public string? ProofPassword { get; set; }
        public string? ProofCode { get; set; }
        public string? ProofCredential { get; set; }
        public string? ReturnUrl { get; set; }
    }

    /// <param name="Action">Where the proof is posted.</param>
    /// <param name="Means">What can be shown.</param>
    /// <param name="Carried">What goes along: name and value.</param>
    /// <param name="Again">Names of the secrets to be typed again.</param>
    /// <param name="Error">Why it was not accepted.</param>
    public sealed record View(
        string Action,
        ConfirmCheck.Means Means,
        IReadOnlyList<(string Name, string Value)> Carried,
        IReadOnlyList<string> Again,
        string? Error
    );

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.Confirm, Form).RequireAuthorization(Policies.SignedIn).OpenOnDetour();
        pages
            .MapPost(AccountRoutes.Confirm, Submit)
            .RequireAuthorization(Policies.SignedIn)
            .OpenOnDetour()
            .Limited(RateLimits.SignIn)
            .OpenReadOnly();
    }

    /// <summary>The filter of every endpoint that is <c>.Confirmed()</c>.</summary>
    public static async ValueTask<object?> Ask(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (http, stop) = (context.HttpContext, context.HttpContext.RequestAborted);
        var check = http.RequestServices.GetRequiredService<ConfirmCheck>();
        if (http.Person() is not { } user || await check.IsFresh(user, stop))
            return await next(context);
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            return http.SeeOther(AccountRoutes.ConfirmThen(http.Request.Path + http.Request.QueryString));

        var form = await http.Request.ReadFormAsync(stop);
        // A file cannot be carried, and a fragment has no place for this page: back to where it came from, after the proof.
        if (form.Files.Count > 0 || http.Request.IsHtmxPart())
            return http.SeeOther(AccountRoutes.ConfirmThen(PageBefore(http)));
        var proof = new ConfirmCheck.Proof(form[Password], form[Code], form[Credential]);
        var isShown =
            !string.IsNullOrEmpty(proof.Password)
            || !string.IsNullOrEmpty(proof.Code)
            || !string.IsNullOrEmpty(proof.Credential);
        if (isShown && await check.Handle(user, proof, http, stop))
            return await next(context);

        var typed = form.Where(f => f.Key is not (Password or Code or Credential or AntiforgeryTokens.Field))
            .SelectMany(f => f.Value, (f, value) => (Name: f.Key, Value: value ?? ""))
            .ToList();
        var view = new View(
            http.Request.Path + http.Request.QueryString,
            await check.MeansOf(user, stop),
            [.. typed.Where(f => !IsSecret(f.Name))],
            [
                .. typed
                    .Where(f => IsSecret(f.Name) && f.Value.Length > 0)
                    .Select(f => f.Name)
                    .Distinct(StringComparer.Ordinal),
            ],
            isShown ? "confirming.wrong" : null
        );
        return ConfirmPage
            .Create(view)
            .Status(isShown ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status403Forbidden);
    }

    // The sealed secret of a page is no secret: only we can open it.
    private static bool IsSecret(string name) =>
        name.Contains("password", StringComparison.OrdinalIgnoreCase) || name is "repeat" or "current";

    private static string PageBefore(HttpContext http) =>
        Html.LocalPath(
            Uri.TryCreate(
                http.Request.Headers["HX-Current-URL"].FirstOrDefault() ?? http.Request.Headers.Referer.ToString(),
                UriKind.Absolute,
                out var url
            )
                ? url.PathAndQuery
                : "/"
        );

    private static async Task<IResult> Form(
        string? returnUrl,
        ConfirmCheck check,
        CurrentUser user,
        CancellationToken stop
    ) => ConfirmPage.Create(await Show(returnUrl, null, check, user, stop));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        ConfirmCheck check,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        return await check.Handle(
            user,
            new(command.ProofPassword, command.ProofCode, command.ProofCredential),
            http,
            stop
        )
            ? http.SeeOther(Html.LocalPath(command.ReturnUrl))
            : ConfirmPage
                .Create(await Show(command.ReturnUrl, "confirming.wrong", check, user, stop))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));
    }

    private static async Task<View> Show(
        string? returnUrl,
        string? error,
        ConfirmCheck check,
        CurrentUser user,
        CancellationToken stop
    ) =>
        new(
            AccountRoutes.Confirm,
            await check.MeansOf(user, stop),
            [("returnUrl", Html.LocalPath(returnUrl))],
            [],
            error
        );
}
