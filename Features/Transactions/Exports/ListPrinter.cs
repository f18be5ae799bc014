using System.Text.Encodings.Web;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Documents;
using MdcTts.Features.Transactions.Listing;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Features.Transactions.Exports;

/// <summary>A list on paper: the columns of the screen under the firm's head, in the reader's language.</summary>
public sealed class ListPrinter(
    CurrentUser user,
    CurrentChoices choices,
    PdfPrinter printer,
    PrintStyle style,
    HtmlEncoder encoder,
    TimeProvider clock
)
{
    /// <summary>About a hundred pages, which print in a few seconds.</summary>
    public const int RowsMax = 2000;

    /// <param name="Narrowed">How the list is narrowed, in words; empty when it is all.</param>
    public sealed record View(
        IReadOnlyList<TransactionFacts> Rows,
        IReadOnlyList<string> Narrowed,
        CatalogueEntries Catalogue,
        CurrentUser Reader,
        DateTime Now,
        HtmlString Style,
        Brand Brand
    );

    /// <summary>The PDF; or why there is none now (503).</summary>
    public async Task<Result<byte[]>> Print(
        IReadOnlyList<TransactionFacts> rows,
        TransactionFilter filter,
        CatalogueEntries catalogue,
        Brand brand,
        CancellationToken stop
    )
    {
        var chips = FilterChips.Of(filter, catalogue, await choices.Get(filter.Named(), stop), user);
        var narrowed = chips.Select(c => c.Text).ToList();
        var view = new View(rows, narrowed, catalogue, user, clock.Instant(), style.Element, brand);
        using var slice = ListSheet.Create(view);
        using var html = new StringWriter();
        await slice.RenderAsync(html, encoder, stop);
        return await printer.Print(html.ToString(), user.Id, stop);
    }
}
