using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Features.Transactions;

/// <summary>Recorded values of fields as people read them: names instead of keys, dates written out.</summary>
public static class FieldValues
{
    /// <summary>Clients and projects, which are recorded by their ids, are the caller's to name.</summary>
    public static string Show(string field, string? value, CatalogueEntries catalogue) =>
        value is null
            ? "—"
            : field switch
            {
                "type" => catalogue.NameOf(ListKind.Type, value),
                "category" => catalogue.NameOf(ListKind.Category, value),
                "department" => catalogue.NameOf(ListKind.Department, value),
                "fileVisibility" => Words.T["files.visibility." + value],
                "priority" => Words.T["priority." + value],
                "holder" => Words.T.Has("holder." + value) ? Words.T["holder." + value] : value,
                "dueDate" or "holderSince" => Dates.TryParse(value, out var date)
                    ? Dates.Format(date, Words.T.Language)
                    : value,
                "amount" => decimal.TryParse(value, CultureInfo.InvariantCulture, out var amount)
                    ? amount.ToString("N2", CultureInfo.InvariantCulture)
                    : value,
                "tags" or "authorityReferences" => Joined(field, value, PlainText.Isolate),
                _ => value,
            };

    /// <summary>The same for a page: what several values a field holds are isolated each.</summary>
    public static HtmlString Html(string field, string? value, CatalogueEntries catalogue) =>
        value is not null && field is ("tags" or "authorityReferences")
            ? new(Joined(field, value, static part => Markup.Bdi(part).Value!))
            : Markup.Bdi(Show(field, value, catalogue));

    private static string Joined(string field, string value, Func<string, string> isolate) =>
        string.Join(
            Words.T["list.comma"],
            Items(field, value).Select(parts => string.Join(' ', parts.Select(isolate)))
        );

    // Authority references were once recorded in one line: "Balady 7133284 2026-10-01; …".
    private static IEnumerable<IEnumerable<string>> Items(string field, string value) =>
        field == "tags" ? value.Split(", ").Select(tag => new[] { tag })
        : value.Contains(" | ", StringComparison.Ordinal)
            ? value.Split('\n').Select(line => line.Split(" | ").Select((part, i) => i == 2 ? Day(part) : part))
        : value.Split("; ").Select(one => new[] { one });

    private static string Day(string iso) =>
        Dates.TryParse(iso, out var date) ? Dates.Format(date, Words.T.Language) : iso;
}
