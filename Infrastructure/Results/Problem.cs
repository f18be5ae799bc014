namespace MdcTts.Infrastructure.Results;

/// <summary>Why a use case said no. <c>ProblemResults</c> maps each kind to one HTTP status.</summary>
public enum ProblemKind
{
    /// <summary>The request cannot be understood: 400.</summary>
    Malformed,

    /// <summary>Well-formed, with wrong fields: 422.</summary>
    Invalid,

    /// <summary>Absent, or not the caller's: 404.</summary>
    NotFound,

    /// <summary>The state forbids it: 409.</summary>
    Conflict,

    /// <summary>Known to the caller, but not theirs to do: 403.</summary>
    Forbidden,

    /// <summary>Credentials are wrong: 401.</summary>
    Unauthorized,

    /// <summary>If-Match names another version: 412.</summary>
    PreconditionFailed,

    /// <summary>If-Match is missing: 428.</summary>
    PreconditionRequired,

    /// <summary>More bytes than accepted: 413.</summary>
    TooLarge,

    /// <summary>A type of content that is not accepted: 415.</summary>
    UnsupportedMedia,

    /// <summary>Something this needs is not here now: 503.</summary>
    Unavailable,
}

/// <summary>A refusal: a kind, a text key with its arguments, and for bad fields the errors of each.</summary>
/// <param name="Kind">Decides the HTTP status.</param>
/// <param name="Key">Text key; also the stable code in the problem's URN, dots and underscores as hyphens.</param>
/// <param name="Args">Arguments of the text.</param>
public sealed record Problem(ProblemKind Kind, string Key, params object[] Args)
{
    /// <summary>Errors by field, for <see cref="ProblemKind.Invalid"/>.</summary>
    public FieldErrors? Fields { get; init; }

    /// <summary>Extra members of the JSON answer, such as <c>allowed</c>.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    /// <summary>Somebody else saved what was read before.</summary>
    public bool IsOvertaken => Key is "problem.version_mismatch" or "problem.changed_meanwhile";

    /// <summary>422 with an error at each wrong field.</summary>
    public static Problem Invalid(FieldErrors fields) =>
        new(ProblemKind.Invalid, "problem.invalid") { Fields = fields };

    /// <summary>422 for one field.</summary>
    public static Problem Invalid(string field, string key, params object[] args) =>
        Invalid(new FieldErrors().Add(field, key, args));

    /// <summary>404: absent or not the caller's, deliberately the same.</summary>
    public static Problem NotFound(string key = "problem.not_found") => new(ProblemKind.NotFound, key);

    /// <summary>409.</summary>
    public static Problem Conflict(string key, params object[] args) => new(ProblemKind.Conflict, key, args);

    /// <summary>403.</summary>
    public static Problem Forbidden(string key = "problem.forbidden") => new(ProblemKind.Forbidden, key);

    /// <summary>400: a name or value the contract does not know; the allowed ones are listed.</summary>
    public static Problem NotAllowed(string parameter, string value, IEnumerable<string> allowed)
    {
        var names = allowed.ToArray();
        return new(
            ProblemKind.Malformed,
            "problem.not_allowed_value",
            parameter,
            Shorten(value),
            string.Join(", ", names)
        )
        {
            Extensions = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["parameter"] = parameter,
                ["allowed"] = names,
            },
        };
    }

    private static string Shorten(string value) => value.Length <= 50 ? value : value[..50] + "…";
}

/// <summary>Errors by field name (camelCase, as in the JSON): text key and arguments.</summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<(string Key, object[] Args)>> _errors = new(StringComparer.Ordinal);

    /// <summary>True when any field is wrong.</summary>
    public bool Any => _errors.Count > 0;

    /// <summary>The wrong fields.</summary>
    public IEnumerable<string> Fields => _errors.Keys;

    /// <summary>Adds an error to a field; returns itself so that checks read as a list.</summary>
    public FieldErrors Add(string field, string key, params object[] args)
    {
        if (!_errors.TryGetValue(field, out var list))
            _errors[field] = list = [];
        list.Add((key, args));
        return this;
    }

    /// <summary>Adds the error only when <paramref name="wrong"/>.</summary>
    public FieldErrors AddIf(bool wrong, string field, string key, params object[] args) =>
        wrong ? Add(field, key, args) : this;

    /// <summary>All but those of some fields.</summary>
    public FieldErrors Without(IReadOnlySet<string> fields)
    {
        var rest = new FieldErrors();
        foreach (var (field, errors) in _errors.Where(e => !fields.Contains(e.Key)))
            rest._errors[field] = errors;
        return rest;
    }

    /// <summary>The errors of one field; empty when it is right.</summary>
    public IReadOnlyList<(string Key, object[] Args)> Of(string field) =>
        _errors.TryGetValue(field, out var list) ? list : [];
}
