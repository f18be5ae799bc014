using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Outbox;

/// <summary>A person as a mail needs them, found by <see cref="FindRecipient"/>.</summary>
/// <param name="Person">Who they are and what they may see.</param>
/// <param name="IsActive">They may sign in.</param>
/// <param name="WantsMails">False when they opted out of the mails that people may switch off.</param>
public sealed record Recipient(CurrentUser Person, bool IsActive, bool IsSuspended, bool IsErased, bool WantsMails)
{
    /// <summary>
    /// False as long as the name may be the words of a stranger who typed somebody else's address: then no mail holds
    /// it.
    /// </summary>
    public bool IsGreeted { get; init; } = true;
}

/// <summary>
/// Looks up the person of a message; null when there is none. The feature that knows people registers it.
/// </summary>
public delegate Task<Recipient?> FindRecipient(int id, IServiceProvider services, CancellationToken stop);

/// <summary>All that the words of a mail depend on. The reader's language is set already.</summary>
/// <param name="Token">The token of its link, readable; null when it has none.</param>
/// <param name="Firm">The firm's name.</param>
public sealed record MailRequest(OutboxMessage Message, string?[] Args, string? Token, CurrentUser Reader, string Firm)
{
    /// <summary>An argument that a sentence cannot do without; a dash where it is missing.</summary>
    public string Arg(int index) => Args.ElementAtOrDefault(index) is { Length: > 0 } arg ? arg : "—";
}

/// <summary>Writes the words of a mail; null when the person may no longer see its subject.</summary>
public delegate Task<MailContent?> WriteMailContent(
    MailRequest request,
    IServiceProvider services,
    CancellationToken stop
);

/// <summary>
/// The mails whose events begin with a prefix, and who writes their words. The feature that owns the events registers
/// it.
/// </summary>
/// <param name="Prefix">Such as <c>account.</c>, with its dot.</param>
public sealed record MailKind(string Prefix, WriteMailContent Write)
{
    /// <summary>The page where people switch these mails off; null when they cannot.</summary>
    public string? StopPath { get; init; }

    /// <summary>Events whose mails go only to people who are still admins when it is sent.</summary>
    public IReadOnlyCollection<string> ForAdmins { get; init; } = [];

    internal bool Writes(string @event) => @event.StartsWith(Prefix, StringComparison.Ordinal);
}
