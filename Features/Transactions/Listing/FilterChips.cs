using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>The active filters as words, each with the list that is left when it is taken away.</summary>
public static class FilterChips
{
    public sealed record Chip(Label Label, TransactionFilter Without)
    {
        /// <summary>The whole of it as plain text.</summary>
        public string Text =>
            Label.Joined(Label.Name ?? "", Words.T.IsArabic ? Label.Values.Select(PlainText.Isolate) : Label.Values);

        /// <summary>The whole of it for a page.</summary>
        public HtmlString Html =>
            new(
                Label.Joined(
                    System.Net.WebUtility.HtmlEncode(Label.Name) ?? "",
                    Label.Values.Select(v => Markup.Bdi(v).Value!)
                )
            );
    }

    /// <param name="Name">The filter; null where the value says it all.</param>
    /// <param name="Values">What is asked for: data, each isolated where it is shown.</param>
    public sealed record Label(string? Name, IReadOnlyList<string> Values)
    {
        internal static string Joined(string name, IEnumerable<string> values) =>
            $"{name}{(name.Length > 0 ? ": " : "")}{string.Join(Words.T["list.comma"], values)}";
    }

    public static IEnumerable<Chip> Of(
        TransactionFilter filter,
        CatalogueEntries catalogue,
        Choices choices,
        CurrentUser user
    )
    {
        var f = filter.FromStart();
        if (f.Search is { } search)
            yield return new(Text("q", search), f with { Search = null });
        if (f.Statuses.Count > 0)
            yield return new(Text("status", Statuses(f, catalogue.Workflow, user)), f with { Statuses = [] });
        if (f.Priorities.Count > 0)
            yield return new(
                Text("priority", f.Priorities.Select(p => Words.T["priority." + Keys.Of(p)])),
                f with
                {
                    Priorities = [],
                }
            );
        if (f.Types.Count > 0)
            yield return new(
                Text("type", f.Types.Select(t => catalogue.NameOf(ListKind.Type, t))),
                f with
                {
                    Types = [],
                }
            );
        if (f.Categories.Count > 0)
            yield return new(
                Text("category", f.Categories.Select(t => catalogue.NameOf(ListKind.Category, t))),
                f with
                {
                    Categories = [],
                }
            );
        if (f.Departments.Count > 0)
            yield return new(
                Text("department", f.Departments.Select(t => catalogue.NameOf(ListKind.Department, t))),
                f with
                {
                    Departments = [],
                }
            );
        if (f.Clients.Count > 0)
            yield return new(
                Text(
                    "client",
                    f.Clients.Select(id => choices.Clients.FirstOrDefault(c => c.Id == id)?.Name ?? $"{id}")
                ),
                f with
                {
                    Clients = [],
                }
            );
        if (f.Projects.Count > 0)
            yield return new(Text("project", f.Projects), f with { Projects = [] });
        if (f.Assignees.Count > 0)
            yield return new(Text("assignee", f.Assignees.Select(a => Person(choices, a))), f with { Assignees = [] });
        if (f.Creators.Count > 0)
            yield return new(Text("createdBy", f.Creators.Select(a => Person(choices, a))), f with { Creators = [] });
        if (f.Holders.Count > 0)
            yield return new(
                Text("holder", f.Holders.Select(h => Words.T["holder." + Keys.Of(h)])),
                f with
                {
                    Holders = [],
                }
            );
        if (f.Tags.Count > 0)
            yield return new(Text("tag", f.Tags), f with { Tags = [] });
        if (f.Overdue)
            yield return new(new Label(null, [Words.T["transactions.only_overdue"]]), f with { Overdue = false });
        if (f.DueFrom is { } dueFrom)
            yield return new(Text("dueFrom", Date(dueFrom)), f with { DueFrom = null });
        if (f.DueTo is { } dueTo)
            yield return new(Text("dueTo", Date(dueTo)), f with { DueTo = null });
        if (f.CreatedFrom is { } from)
            yield return new(Text("createdFrom", Date(from)), f with { CreatedFrom = null });
        if (f.CreatedTo is { } to)
            yield return new(Text("createdTo", Date(to)), f with { CreatedTo = null });
        if (f.CompletedFrom is { } doneFrom)
            yield return new(Text("completedFrom", Date(doneFrom)), f with { CompletedFrom = null });
        if (f.CompletedTo is { } doneTo)
            yield return new(Text("completedTo", Date(doneTo)), f with { CompletedTo = null });
        if (f.UpdatedSince is { } since)
            yield return new(Text("updatedSince", Date(Clock.RiyadhDate(since))), f with { UpdatedSince = null });
        if (f.Import is { } import)
            yield return new(Text("import", $"{import}"), f with { Import = null });
    }

    private static Label Text(string name, params IEnumerable<string> values) =>
        new(Words.T["transactions.by." + name], [.. values]);

    // All that are not at an end have a word of their own: the links of the dashboard ask for them.
    private static IEnumerable<string> Statuses(TransactionFilter filter, WorkflowMap workflow, CurrentUser user)
    {
        var chosen = filter.Statuses;
        var open = workflow.StatusesFor(user.Role).Where(s => !s.IsEnd).Select(s => s.Key);
        return open.Order().SequenceEqual(chosen.Order())
            ? [Words.T["transactions.open"]]
            : chosen.Select(s => workflow[s].Name);
    }

    private static string Date(DateOnly date) => Dates.Format(date, Words.T.Language);

    private static string Person(Choices choices, string who) =>
        who switch
        {
            "me" => Words.T["transactions.me"],
            "none" => Words.T["transactions.nobody"],
            _ => choices.Staff.FirstOrDefault(p => p.Id.ToString() == who)?.Name ?? who,
        };
}
