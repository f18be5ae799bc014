namespace MdcTts.Infrastructure.Web;

/// <summary>What an error page says.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">What happened and what to do, in the reader's language.</param>
/// <param name="TraceId">Finds the log line.</param>
public sealed record ErrorPageView(int Status, string Text, string TraceId)
{
    /// <summary>Instead of the name of the status.</summary>
    public string? Title { get; init; }

    /// <summary>Where to go on, the likeliest first; empty: to the start page.</summary>
    public IReadOnlyList<(string Url, string Text)> Ways { get; init; } = [];
}
