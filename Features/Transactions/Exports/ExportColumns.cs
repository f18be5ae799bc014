using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Exports;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Transactions.Exports;

/// <summary>
/// The columns of xlsx and csv: the reference number first, then the transaction number, for every role.
/// </summary>
public static class ExportColumns
{
    // Those of the list on the screen.
    private static readonly string[] Shown =
    [
        "reference",
        "number",
        "title",
        "client",
        "type",
        "priority",
        "status",
        "holder",
        "due",
        "due_hijri",
        "assignee_name",
        "updated",
    ];

    /// <summary>
    /// For this reader. The headings are words that the import knows, so that a sheet can be put right and imported;
    /// the assignee is an e-mail for the same reason.
    /// A client's sheet lacks what only staff see. <paramref name="onlyShown"/>: those of the list on the screen.
    /// </summary>
    public static IReadOnlyList<ExportColumn<TransactionFacts>> For(
        CurrentUser reader,
        CatalogueEntries catalogue,
        bool onlyShown = false
    )
    {
        var words = Words.T;
        var columns = new List<ExportColumn<TransactionFacts>>();
        void Add(string key, int width, Func<TransactionFacts, ExportCell> cell)
        {
            if (!onlyShown || Shown.Contains(key))
                columns.Add(new(words["export.column." + key], width, cell));
        }

        void Text(string key, int width, Func<TransactionFacts, string?> text) =>
            Add(key, width, row => new(Text: text(row)));

        Text("reference", 18, r => r.ReferenceNumber);
        Text("number", 18, r => r.Number);
        Text("title", 44, r => r.Title);
        Text("client", 30, r => words.Pick(r.ClientEn, r.ClientAr));
        Text("project", 16, r => r.ProjectCode);
        Text("type", 20, r => catalogue.NameOf(ListKind.Type, r.Type));
        Text("category", 18, r => catalogue.NameOf(ListKind.Category, r.Category));
        Text("priority", 11, r => words["priority." + Keys.Of(r.Priority)]);
        Text("status", 18, r => catalogue.Workflow[r.Status].Name);
        Text("holder", 22, r => r.IsOver() ? null : Holder.Name(r.HolderKind, r.HolderName, r.Assignee, reader));
        if (reader.IsStaff)
        {
            Text("holder_kind", 14, r => r.IsOver() ? null : words["export.holder." + Keys.Of(r.HolderKind)]);
            Add("holder_since", 13, r => new(Date: r.IsOver() ? null : r.HolderSince));
        }

        Add("amount", 16, r => new(Minor: r.AmountMinor));
        Text("currency", 10, r => r.AmountMinor is null && r.Currency == "SAR" ? null : r.Currency);
        Add("due", 13, r => new(Date: r.DueDate));
        Text("due_hijri", 13, r => r.DueDate is { } due ? HijriDate.ToIso(due) : null);
        if (reader.IsStaff)
            Text("assignee", 28, r => r.AssigneeEmail);
        if (reader.IsStaff)
            Text("assignee_name", 22, r => r.Assignee);
        if (reader.IsStaff)
            Text("department", 18, r => catalogue.NameOf(ListKind.Department, r.Department));
        Text("tags", 20, r => CellLists.Tags(r.Tags));
        Text("authority", 28, r => CellLists.Authorities(r.AuthorityReferences));
        Text("description", 50, r => r.Description);
        if (reader.IsStaff)
            Text("internal_notes", 40, r => r.InternalNotes);
        Add("created", 17, r => new(RiyadhTime: Clock.RiyadhTime(r.CreatedAt)));
        Add("updated", 17, r => new(RiyadhTime: Clock.RiyadhTime(r.UpdatedAt)));
        Add("submitted_at", 17, r => new(RiyadhTime: r.SubmittedAt is { } at ? Clock.RiyadhTime(at) : null));
        Add("completed_at", 17, r => new(RiyadhTime: r.CompletedAt is { } at ? Clock.RiyadhTime(at) : null));
        return columns;
    }
}
