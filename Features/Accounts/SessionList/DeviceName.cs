using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Accounts.SessionList;

/// <summary>
/// The name of a browser and of what it runs on, from what it says about itself: for its owner to recognise, no proof.
/// </summary>
public static class DeviceName
{
    // In this order: Edge calls itself Chrome too, and everybody Safari.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary><c>Chrome, Windows</c>; null when neither is known.</summary>
    public static string? Of(string? agent)
    {
        string?[] names = [Find(Browsers, agent), Find(Systems, agent)];
        return names.Any(n => n is not null)
            ? string.Join(Words.T["list.comma"], names.Where(n => n is not null))
            : null;
    }

    private static string? Find((string Mark, string Name)[] known, string? agent) =>
        agent is null ? null : known.FirstOrDefault(k => agent.Contains(k.Mark, StringComparison.Ordinal)).Name;
}
