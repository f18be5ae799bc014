using System.Globalization;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>One line of the timeline and its page.</summary>
public sealed record LineView(Timeline.Line Line, ShowTransaction.View Page)
{
    /// <summary>The name of a status key.</summary>
    public string StatusName(string? key) => key is null ? "" : Page.Catalogue.Workflow[key].Name;

    /// <summary>A recorded value as people read it: names instead of keys and ids, dates written out.</summary>
    public string Show(string field, string? value) =>
        (
            value is null
                ? null
                : field switch
                {
                    "client" => Page
                        .Choices.Clients.FirstOrDefault(c => c.Id.ToString(CultureInfo.InvariantCulture) == value)
                        ?.Name,
                    "project" => Page
                        .Choices.Projects.FirstOrDefault(p => p.Id.ToString(CultureInfo.InvariantCulture) == value)
                        ?.Code,
                    _ => null,
                }
        ) ?? FieldValues.Show(field, value, Page.Catalogue);
}
