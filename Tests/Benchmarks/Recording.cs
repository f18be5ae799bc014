using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace MdcTts.Benchmarks;

/// <summary>
/// What the app sends to its database for each scenario, and what the bare server needs to send the same.
/// </summary>
/// <param name="Connection">Connection string, the app's own.</param>
/// <param name="IsPostgres">The engine.</param>
/// <param name="Scenarios">By key.</param>
/// <param name="Made">The transaction that the recorded create made.</param>
internal sealed record Recording(
    string Connection,
    bool IsPostgres,
    IReadOnlyDictionary<string, Recording.Request> Scenarios,
    Recording.Created? Made
)
{
    /// <summary>A request's steps in order, and the size of its answer.</summary>
    public sealed record Request(int Bytes, IReadOnlyList<Step> Steps);

    /// <summary>What is different in every create.</summary>
    public sealed record Created(int Id, string Number, string Token);

    public static Recording Read(string file) => JsonSerializer.Deserialize<Recording>(File.ReadAllText(file))!;

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this));
}

/// <summary>One thing asked of the database.</summary>
/// <param name="Kind"><see cref="Statement"/>, <see cref="Begin"/> or <see cref="Commit"/>.</param>
/// <param name="Sql">The text of a statement, to the letter.</param>
/// <param name="Values">Its parameters.</param>
internal sealed record Step(string Kind, string? Sql = null, IReadOnlyList<SentValue>? Values = null)
{
    public const string Statement = "statement";
    public const string Begin = "begin";
    public const string Commit = "commit";
}

/// <summary>A parameter with the type it had, so that it is bound in the same way again.</summary>
internal sealed record SentValue(string Name, string? Type, string Json, int? NpgsqlType)
{
    private static readonly Dictionary<string, Type> Types = new[]
    {
        typeof(int),
        typeof(long),
        typeof(short),
        typeof(bool),
        typeof(double),
        typeof(string),
        typeof(DateTime),
        typeof(DateOnly),
        typeof(Guid),
        typeof(byte[]),
        typeof(int[]),
        typeof(string[]),
        typeof(List<int>),
        typeof(List<string>),
        typeof(object[]),
    }.ToDictionary(t => t.ToString(), StringComparer.Ordinal);

    public static SentValue From(DbParameter p)
    {
        var value = p.Value is null or DBNull ? null : p.Value;
        return new(
            p.ParameterName,
            value?.GetType().ToString(),
            JsonSerializer.Serialize(value),
            p is NpgsqlParameter n ? (int)n.NpgsqlDbType : null
        );
    }

    public DbParameter AddTo(DbCommand command)
    {
        var p = command.CreateParameter();
        p.ParameterName = Name;
        if (NpgsqlType is { } type)
            ((NpgsqlParameter)p).NpgsqlDbType = (NpgsqlDbType)type;
        p.Value =
            Type is null ? DBNull.Value
            : Types.TryGetValue(Type, out var known) ? JsonSerializer.Deserialize(Json, known)!
            : throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"A parameter of type {Type} is not known here.")
            );
        command.Parameters.Add(p);
        return p;
    }
}
