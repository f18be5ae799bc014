using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Duplicates;

public sealed class DuplicateTransactionTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_copy_is_a_draft_of_ones_own_without_what_belongs_to_the_one_matter()
    {
        var source = await app.Given.Transaction(
            "Landscape submission",
            status: "in_progress",
            by: Sara,
            assignee: Omar,
            due: app.Today.AddDays(9),
            priority: Priority.High,
            category: "landscape",
            description: "Two parks",
            amount: 150_000,
            holder: HolderKind.Authority,
            holderName: "Balady",
            tags: ["park"],
            authorities: [new("Balady", "B-1", null)]
        );

        var answer = await app.Api(Omar).Post($"/transactions/{source.Number}/duplicate");

        var number = answer.Expect(201)["number"]!;
        Assert.Equal($"/api/v1/transactions/{number}", answer.Header("Location"));
        Assert.Equal("\"1\"", answer.Header("ETag"));
        var copy = await app.Given.Reload(number);
        Assert.NotEqual(source.Number, copy.Number);
        Assert.Equal(
            ("draft", "Landscape submission", "Two parks", "landscape", 150_000L, Priority.High, Omar.Id, Omar.Id),
            (
                copy.Status,
                copy.Title,
                copy.Description,
                copy.Category,
                copy.AmountMinor!.Value,
                copy.Priority,
                copy.CreatedById,
                copy.AssigneeId!.Value
            )
        );
        Assert.Equal(
            (null, null, HolderKind.Us, null, 1),
            (copy.ReferenceNumber, copy.DueDate, copy.HolderKind, copy.HolderName, copy.Version)
        );
        Assert.Empty(copy.AuthorityReferences);
        Assert.Equal(["park"], copy.Tags.Select(t => t.Name));
        Assert.NotEqual(source.TrackingToken, copy.TrackingToken);
        Assert.Equal(HistoryKind.Duplicated, Assert.Single(copy.History).Kind);
        Assert.Equal(source.Version, (await app.Given.Reload(source.Number)).Version);
        Assert.Equal(
            1,
            await app.Db(db => db.Audit.CountAsync(a => a.EntityKey == number && a.Action == "transaction.duplicated"))
        );
    }

    [Fact]
    public async Task The_page_leads_to_the_form_of_the_copy()
    {
        var source = await app.Given.Transaction("Copied on the page", status: "submitted");
        var sara = app.SignedInAs(Sara);

        var answer = await sara.Submit(
            await sara.Page($"/transactions/{source.Number}"),
            $"form[action='/transactions/{source.Number}/duplicate']"
        );

        var form = await sara.Follow(answer.Expect(303));
        Assert.EndsWith("/edit", answer.Location);
        Assert.Equal("Copied on the page", form.Attribute("[name=title]", "value"));
    }
}
