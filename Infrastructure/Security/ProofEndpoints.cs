namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Lets a request go on only when its person has proved who they are within the time that the settings say; others are
/// asked first, and nothing of what they typed is lost. Accounts registers it.
/// </summary>
public delegate ValueTask<object?> AskForProof(EndpointFilterInvocationContext context, EndpointFilterDelegate next);

/// <summary>Marks an endpoint that <c>.RequiresProof()</c>, for lists and tests.</summary>
public sealed record ProofMetadata;

/// <summary>
/// For what is dangerous: who is let in and as what, links and sessions of others, tokens, second factors, settings,
/// restoring, backups and jobs, and files that carry people or the audit log out of the firm.
/// </summary>
public static class ProofEndpoints
{
    /// <summary>Only for people who have recently proved who they are: see <see cref="AskForProof"/>.</summary>
    public static RouteHandlerBuilder RequiresProof(this RouteHandlerBuilder builder) =>
        builder
            .WithMetadata(new ProofMetadata())
            .AddEndpointFilter(
                (context, next) => context.HttpContext.RequestServices.GetRequiredService<AskForProof>()(context, next)
            );
}
