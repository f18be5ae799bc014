namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Lets a request go on only when its person has proved who they are within the time that the settings say; others are
/// asked first, and nothing of what they typed is lost. Accounts registers it.
/// </summary>
public delegate ValueTask<object?> AskForProof(EndpointFilterInvocationContext context, EndpointFilterDelegate next);

/// <summary>For what is dangerous: roles, tokens, restoring, second factors, settings.</summary>
public static class ProofEndpoints
{
    /// <summary>Only for people who have recently proved who they are: see <see cref="AskForProof"/>.</summary>
    public static RouteHandlerBuilder RequiresProof(this RouteHandlerBuilder builder) =>
        builder.AddEndpointFilter(
            (context, next) => context.HttpContext.RequestServices.GetRequiredService<AskForProof>()(context, next)
        );
}
