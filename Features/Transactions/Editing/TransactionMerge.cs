using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>A transaction that somebody else saved while a person was editing it.</summary>
public static class TransactionMerge
{
    public static async Task<FormMerge> Of(
        FormView mine,
        TransactionForm theirs,
        Transaction present,
        AppDb db,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var original = mine.Original is { IsEmpty: false } known ? known : theirs;
        var last = await db
            .History.Where(h => h.TransactionId == present.Id)
            .OrderByDescending(h => h.Id)
            .Select(h => new { By = PersonName.Shown(h.By.FullName, h.By.NameAr), h.At })
            .FirstOrDefaultAsync(stop);
        var number = mine.Number!;
        var merge = FormMerge.Of(
            TransactionForm.Names,
            mine.Form.Values,
            original.Values,
            theirs.Values,
            // The assignee has a way of its own and is not part of the edit form.
            (name, one, other) => name == "assignee" || TransactionForm.IsSame(name, one, other)
        );
        return merge with
        {
            Version = present.Version.ToString(CultureInfo.InvariantCulture),
            Action = TransactionRoutes.Edit(number),
            Back = TransactionRoutes.One(number),
            What = mine.Reference ?? number,
            Crumbs = [(TransactionRoutes.Root, Words.T["transactions.title"]), (TransactionRoutes.One(number), number)],
            Section = "transactions",
            By = (last?.By ?? "—", last?.At ?? clock.Instant()),
            Label = field => Words.T["field." + field],
            Show = (field, value) => Show(mine, field, value),
        };
    }

    private static string Show(FormView mine, string field, string value) =>
        field switch
        {
            _ when value.Length == 0 => "",
            "type" => mine.Catalogue.NameOf(ListKind.Type, value),
            "category" => mine.Catalogue.NameOf(ListKind.Category, value),
            "department" => mine.Catalogue.NameOf(ListKind.Department, value),
            "priority" => Words.T["priority." + value],
            "holder" => Words.T["holder." + value],
            "client" => mine.Choices.Clients.FirstOrDefault(c =>
                c.Id.ToString(CultureInfo.InvariantCulture) == value
            )?.Name
                ?? value,
            "dueDate" or "holderSince" => Dates.TryParse(value, out var date)
                ? Dates.Format(date, Words.T.Language)
                : value,
            _ => value,
        };
}
