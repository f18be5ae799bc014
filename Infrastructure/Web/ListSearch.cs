using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Web;

/// <summary>The words that a person looks for in a list: the parameter <c>q</c>.</summary>
public static class ListSearch
{
    public const int MaxLength = 200;

    /// <summary>Why these words are not looked for (400); null when they are.</summary>
    public static Problem? Refuse(string? q) =>
        q is not null && (q.Length > MaxLength || PlainText.HasForbidden(q))
            ? Problem.NotAllowed("q", "", [$"≤ {MaxLength}"])
            : null;
}
