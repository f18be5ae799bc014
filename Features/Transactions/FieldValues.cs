using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Ui;

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
                "priority" => Words.T["priority." + value],
                "holder" => Words.T.Has("holder." + value) ? Words.T["holder." + value] : value,
                "dueDate" or "holderSince" => Dates.TryParse(value, out var date)
                    ? Dates.Format(date, Words.T.Language)
                    : value,
                _ => value,
            };
}
