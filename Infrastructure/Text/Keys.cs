using System.Collections.Concurrent;

namespace MdcTts.Infrastructure.Text;

/// <summary>Enum members as the snake_case keys of the API and back.</summary>
public static class Keys
{
    private static readonly ConcurrentDictionary<Enum, string> Known = new();

    /// <summary><c>LinkRenewed</c> → <c>link_renewed</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum =>
        Known.GetOrAdd(value, v => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

    /// <summary>All keys of an enum, in its order.</summary>
    public static IEnumerable<string> All<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(Of);

    /// <summary>The member a key names, or null.</summary>
    public static T? Find<T>(string? key)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (Of(value) == key)
                return value;
        return null;
    }
}
