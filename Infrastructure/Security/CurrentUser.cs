using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Security;

/// <summary>What a person may be. Stored by name.</summary>
public enum Role
{
    /// <summary>Belongs to a client organisation; sees its transactions.</summary>
    Client,

    /// <summary>Staff who work on transactions.</summary>
    Editor,

    /// <summary>Staff who run the system.</summary>
    Admin,
}

/// <summary>
/// The signed-in person of this request, read from the database at its start, so that a suspension or a new role bites
/// at once.
/// </summary>
/// <param name="Id">User id.</param>
/// <param name="Name">Full name as shown.</param>
/// <param name="Email">E-mail address.</param>
/// <param name="Role">The one role.</param>
/// <param name="ClientId">The organisation of a client's person; null for staff.</param>
/// <param name="Language"><c>en</c>, <c>ar</c>, or null for the browser's wish.</param>
/// <param name="Scopes">What a token allows; null for a browser session, which allows all that the role does.</param>
public sealed record CurrentUser(
    int Id,
    string Name,
    string Email,
    Role Role,
    int? ClientId,
    string? Language,
    IReadOnlyList<string>? Scopes = null
)
{
    private const int AgentMaxLength = 300;

    /// <summary>The name in Arabic; null where there is none.</summary>
    public string? NameAr { get; init; }

    /// <summary>The name for a reader of this language.</summary>
    public string ShownName => PersonName.Shown(Name, NameAr);

    /// <summary>What an editor sees beside their own, as the firm has set it.</summary>
    public EditorSight Sight { get; init; }

    /// <summary>
    /// The firm's names, as its settings say them: what clients read where staff read the name of one of them.
    /// </summary>
    public string? FirmEn { get; init; }
    public string? FirmAr { get; init; }

    /// <summary>Key of the department; null where there is none.</summary>
    public string? Department { get; init; }

    /// <summary>Network address of the request, for the audit log.</summary>
    public string? Address { get; init; }

    /// <summary>The browser, as it names itself.</summary>
    public string? Agent { get; init; }

    /// <summary>The browser session; null for a token.</summary>
    public Guid? SessionId { get; private set; }

    /// <summary>When this session last proved who it is; null for a token.</summary>
    public DateTime? ConfirmedAt { get; private set; }

    /// <summary>The one page this person may open until something is done there; null: all.</summary>
    public string? RequiredPage { get; init; }

    /// <summary>Finds the request's log lines.</summary>
    public string? RequestId { get; init; }

    /// <summary>Editors and admins.</summary>
    public bool IsStaff => Role is Role.Editor or Role.Admin;

    /// <summary>
    /// Admins, in a session or with a token that has the scope <c>admin</c>. Whoever asks for the role instead gives a
    /// token what its scopes do not.
    /// </summary>
    public bool IsAdmin => Role is Role.Admin && (Scopes is null || Scopes.Contains("admin"));

    /// <summary>The role whose moves this person makes: with an admin's token without that scope, an editor.</summary>
    public Role ActingRole =>
        IsAdmin ? Role.Admin
        : IsStaff ? Role.Editor
        : Role.Client;

    /// <summary>A client's person.</summary>
    public bool IsClient => Role is Role.Client;

    /// <summary>
    /// Says which session this request goes on in. A proof of identity renews the session in the middle of a request,
    /// when use cases hold this object already: they must not meet the old one.
    /// </summary>
    public void Continue(Guid? sessionId, DateTime? confirmedAt)
    {
        SessionId = sessionId;
        ConfirmedAt = confirmedAt;
    }

    /// <summary>Hands it to handlers that ask for it; null for a visitor.</summary>
    public static ValueTask<CurrentUser?> BindAsync(HttpContext http) => ValueTask.FromResult(http.Person());

    /// <summary>The browser of a request, cut to a bearable length.</summary>
    public static string? AgentOf(HttpContext http)
    {
        var agent = http.Request.Headers.UserAgent.ToString();
        return agent.Length == 0 || PlainText.HasForbidden(agent)
            ? null
            : agent[..Math.Min(agent.Length, AgentMaxLength)];
    }

    /// <summary>First letters of the first two names, for the round picture.</summary>
    public string Initials => InitialsOf(ShownName);

    /// <summary>First letters of the first two names.</summary>
    public static string InitialsOf(string name) => PersonName.Initials(name);
}
