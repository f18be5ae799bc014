using MdcTts.Features.Settings;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Confirming;

/// <summary>
/// Asks for a proof before something dangerous: before its form is shown or, when the last proof is too old by the time
/// the form is posted, in between. Then the page carries what was typed and posts it together with the proof. Passwords
/// are not carried; the person types them again.
/// </summary>
public sealed class ConfirmIdentity(
    AppDb db,
    CurrentUser user,
    ConfirmCheck check,
    CurrentSettings current,
    TimeProvider clock
)
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

    /// <summary>The kinds of proof that count for a person; the password only without a second factor.</summary>
    /// <param name="Authenticator">Codes of an app; recovery codes count wherever there is a second factor.</param>
    public sealed record Means(bool HasPassword, bool Authenticator, bool Passkey)
    {
        public bool Code => Authenticator || Passkey;

        public bool Password => HasPassword && !Code;
    }

    /// <param name="Action">Where the proof is posted.</param>
    /// <param name="Carried">Fields that are posted together with the proof.</param>
    /// <param name="TypedAgain">Names of the fields with passwords, which the person types again.</param>
    /// <param name="Error">Text key of why the proof was not accepted.</param>
    public sealed record View(
        string Action,
        Means Means,
        IReadOnlyList<(string Name, string Value)> Carried,
        IReadOnlyList<string> TypedAgain,
        string? Error
    );

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.Confirm, Form).RequireAuthorization(Policies.SignedIn).AllowedBeforeRequiredPage();
        pages
            .MapPost(AccountRoutes.Confirm, Submit)
            .RequireAuthorization(Policies.SignedIn)
            .AllowedBeforeRequiredPage()
            .Limited(RateLimits.SignIn)
            .OpenReadOnly();
    }

    /// <summary>The filter of every endpoint that is <c>.RequiresProof()</c>.</summary>
    public static ValueTask<object?> Ask(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return http.Person() is null
            ? next(context)
            : http.RequestServices.GetRequiredService<ConfirmIdentity>().AskUnlessFresh(context, next);
    }

    private async ValueTask<object?> AskUnlessFresh(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        var stop = http.RequestAborted;
        if (await IsFresh(stop))
            return await next(context);
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            return http.Detour(AccountRoutes.ConfirmThen(http.Request.Path + http.Request.QueryString));

        var form = await http.Request.ReadFormAsync(stop);
        // The page cannot carry a file, and has no place in a fragment: after the proof the person is back on the page
        // that posted.
        if (form.Files.Count > 0 || http.Request.IsHtmxPart())
            return http.Detour(AccountRoutes.ConfirmThen(PageBefore(http)));
        var proof = new ConfirmCheck.Proof(form[Password], form[Code], form[Credential]);
        if (!proof.IsEmpty && await db.Apart(() => check.Prove(proof, http, stop)))
            return await next(context);

        return ConfirmPage
            .Create(await Show(form, http.Request.Path + http.Request.QueryString, isWrong: !proof.IsEmpty, stop))
            .Status(proof.IsEmpty ? StatusCodes.Status403Forbidden : StatusCodes.Status422UnprocessableEntity);
    }

    // What a token may do was decided when it was made, so its user is not asked.
    private async ValueTask<bool> IsFresh(CancellationToken stop) =>
        user.ConfirmedAt is not { } at
        || clock.Instant() - at < TimeSpan.FromMinutes((await current.Get(stop)).ConfirmMinutes);

    private Task<Means> FindMeans(CancellationToken stop) =>
        db
            .Users.Where(u => u.Id == user.Id)
            .Select(u => new Means(
                u.PasswordHash != null,
                u.TotpSecret != null,
                db.UserPasskeys.Any(p => p.UserId == u.Id)
            ))
            .SingleAsync(stop);

    private async Task<View> Show(IFormCollection form, string action, bool isWrong, CancellationToken stop)
    {
        var carried = CarriedForm.Of(form, Password, Code, Credential);
        return new(
            action,
            await FindMeans(stop),
            carried.Fields,
            carried.TypedAgain,
            isWrong ? "confirming.wrong" : null
        );
    }

    private async Task<View> Show(string? returnUrl, string? error, CancellationToken stop) =>
        new(
            AccountRoutes.Confirm,
            await FindMeans(stop),
            [("returnUrl", Html.LocalPath(returnUrl))],
            TypedAgain: [],
            error
        );

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

    private static async Task<IResult> Form(string? returnUrl, ConfirmIdentity useCase, CancellationToken stop) =>
        ConfirmPage.Create(await useCase.Show(returnUrl, error: null, stop));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        ConfirmIdentity useCase,
        ConfirmCheck check,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var proof = new ConfirmCheck.Proof(command.ProofPassword, command.ProofCode, command.ProofCredential);
        return await check.Prove(proof, http, stop)
            ? http.SeeOther(Html.LocalPath(command.ReturnUrl))
            : ConfirmPage
                .Create(await useCase.Show(command.ReturnUrl, "confirming.wrong", stop))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));
    }
}
