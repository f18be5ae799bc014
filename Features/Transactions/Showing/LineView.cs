using System.Globalization;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>One line of the timeline and its page.</summary>
public sealed record LineView(Timeline.Line Line, ShowTransaction.View Page)
{
    /// <summary>The name of a status key.</summary>
    public string StatusName(string? key) => key is null ? "" : Page.Catalogue.Workflow[key].Name;

    /// <summary>The name of somebody who was recorded by the full name.</summary>
    public string? PersonOf(string? fullName) =>
        Page.Choices.Staff.FirstOrDefault(p => p.FullName == fullName)?.Name ?? fullName;

    /// <summary>A recorded value as people read it: names instead of keys and ids, dates written out.</summary>
    public HtmlString Show(string field, string? value)
    {
        var name = value is null
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
            };
        return name is null ? FieldValues.Html(field, value, Page.Catalogue) : Markup.Bdi(name);
    }
}
