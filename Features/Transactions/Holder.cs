using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Transactions;

/// <summary>Who has the ball, in words.</summary>
public static class Holder
{
    /// <summary>
    /// The authority's name, "the client", or with us: the person's name for staff, the firm for clients.
    /// </summary>
    public static string Name(HolderKind kind, string? name, string? assignee, CurrentUser reader) =>
        kind switch
        {
            HolderKind.Authority => name ?? Words.T["holder.authority"],
            HolderKind.Client => Words.T[reader.IsClient ? "holder.you" : "holder.client"],
            _ => reader.IsClient ? Firm(reader) : name ?? assignee ?? Words.T["holder.us"],
        };

    /// <summary>The firm's name in the language of the page.</summary>
    public static string Firm(CurrentUser reader) =>
        Words.T.Pick(reader.FirmEn, reader.FirmAr) is { Length: > 0 } name ? name : Words.T["app.firm"];
}
