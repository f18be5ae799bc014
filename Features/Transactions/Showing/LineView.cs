using System.Globalization;
using MdcTts.Features.Lists;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>One line of the timeline and the page it stands on.</summary>
public sealed record LineView(Timeline.Line Line, ShowTransaction.View Page)
{
    /// <summary>The name of a status key.</summary>
    public string StatusName(string? key) => key is null ? "" : Page.Catalogue.Workflow[key].Name;

    /// <summary>A recorded value as people read it: names instead of keys and ids, dates written out.</summary>
    public string Show(string field, string? value) => value is null ? "—" : field switch
    {
        "type" => Page.Catalogue.NameOf(ListKind.Type, value),
        "category" => Page.Catalogue.NameOf(ListKind.Category, value),
        "department" => Page.Catalogue.NameOf(ListKind.Department, value),
        "priority" => Words.T["priority." + value],
        "holder" => Words.T.Has("holder." + value) ? Words.T["holder." + value] : value,
        "client" => Page.Choices.Clients.FirstOrDefault(c => c.Id.ToString(CultureInfo.InvariantCulture) == value)?.Name ?? value,
        "project" => Page.Choices.Projects.FirstOrDefault(p => p.Id.ToString(CultureInfo.InvariantCulture) == value)?.Code ?? value,
        "dueDate" or "holderSince" => Dates.TryParse(value, out var date) ? Dates.Format(date, Words.T.Language) : value,
        _ => value,
    };
}
