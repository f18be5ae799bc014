using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Codes;

public sealed class CodesTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Staff_and_the_client_get_the_qr_and_others_do_not_know_it_exists()
    {
        var t = await app.Given.Transaction(status: "submitted");

        foreach (var person in new[] { Nasser, Sara, Huda })
        {
            Assert.Equal(
                "image/svg+xml; charset=utf-8",
                (await app.SignedInAs(person).Page($"/transactions/{t.Number}/qr.svg"))
                    .Expect(200)
                    .Header("Content-Type")
            );
            Assert.Equal(
                "image/png",
                (await app.Api(person).Get($"/transactions/{t.Number}/qr.png?size=250"))
                    .Expect(200)
                    .Header("Content-Type")
            );
        }

        foreach (var person in new[] { Omar, Khalid })
        {
            (await app.SignedInAs(person).Page($"/transactions/{t.Number}/qr.svg")).Expect(404);
            (await app.Api(person).Get($"/transactions/{t.Number}/qr.png")).Expect(404);
            (await app.SignedInAs(person).Page($"/transactions/{t.Number}/label")).Expect(404);
        }

        (await app.AnonymousApi.Get($"/transactions/{t.Number}/qr.svg")).Expect(401);
    }

    [Fact]
    public async Task A_draft_has_no_qr_for_the_client()
    {
        var t = await app.Given.Transaction(status: "draft");

        (await app.SignedInAs(Huda).Page($"/transactions/{t.Number}/qr.svg")).Expect(404);
    }

    [Fact]
    public async Task A_size_that_is_no_number_is_refused()
    {
        var t = await app.Given.Transaction();

        Assert.Equal(
            "not-allowed-value",
            (await app.Api(Sara).Get($"/transactions/{t.Number}/qr.png?size=big")).Expect(400).Problem
        );
        (await app.Api(Sara).Get($"/transactions/{t.Number}/qr.png?size=-99999999999999")).Expect(400);
        (await app.Api(Sara).Get($"/transactions/{t.Number}/qr.png?size=")).Expect(200);
    }

    [Fact]
    public async Task Renewing_kills_the_old_link_and_is_recorded()
    {
        var t = await app.Given.Transaction(status: "submitted");
        (await app.Anonymous.Page($"/t/{t.TrackingToken}")).Expect(200);

        var answer = await app.SignedInAs(Sara).Submit($"/transactions/{t.Number}/qr", new { });

        Assert.Equal($"/transactions/{t.Number}", answer.Expect(303).Location);
        (await app.Anonymous.Page($"/t/{t.TrackingToken}")).Expect(404);
        var now = await app.Given.Reload(t.Number);
        (await app.Anonymous.Page($"/t/{now.TrackingToken}")).Expect(200);
        Assert.Equal(HistoryKind.LinkRenewed, now.History[^1].Kind);
        Assert.Equal(
            1,
            await app.Db(db =>
                db.Audit.CountAsync(a =>
                    a.Action == "transaction.link_renewed" && a.EntityKey == t.Number && a.ActorId == Sara.Id
                )
            )
        );
    }

    [Fact]
    public async Task Renewing_through_the_api_answers_the_new_link()
    {
        var t = await app.Given.Transaction(status: "submitted");

        var answer = (await app.Api(Sara).Post($"/transactions/{t.Number}/qr")).Expect(200);

        var now = await app.Given.Reload(t.Number);
        Assert.EndsWith("/t/" + now.TrackingToken, answer["trackingUrl"], StringComparison.Ordinal);
        Assert.Equal($"\"{now.Version}\"", answer.Header("ETag"));
        Assert.NotEqual(t.TrackingToken, now.TrackingToken);
    }

    [Fact]
    public async Task Only_staff_on_their_own_renew()
    {
        var t = await app.Given.Transaction(status: "submitted");

        (await app.SignedInAs(Huda).Submit($"/transactions/{t.Number}/qr", new { })).Expect(403);
        (await app.Api(Huda).Post($"/transactions/{t.Number}/qr")).Expect(403);
        (await app.Api(Omar).Post($"/transactions/{t.Number}/qr")).Expect(404);
        (await app.Api(Sara, "read").Post($"/transactions/{t.Number}/qr")).Expect(403);
        Assert.Equal(t.TrackingToken, (await app.Given.Reload(t.Number)).TrackingToken);
    }

    [Fact]
    public async Task The_label_shows_the_reference_first()
    {
        var t = await app.Given.Transaction("<b>Façade</b> & garden", status: "submitted", reference: "RRM-9/1");

        var label = (await app.SignedInAs(Huda).Page($"/transactions/{t.Number}/label")).Expect(200);

        Assert.Equal("RRM-9/1", label.TextOf(".label h1"));
        Assert.Equal(
            [t.Number, "<b>Façade</b> & garden", "Riyadh Region Municipality", "MDC Design Consultancy"],
            label.Select(".label p")
        );
        Assert.True(label.Has(".label svg[role=img] path"));
        Assert.False(label.Has("[style]"));
    }

    [Fact]
    public async Task The_qr_holds_the_address_of_the_request_without_a_public_one()
    {
        var t = await app.Given.Transaction(status: "submitted");
        var expected = QrImage.Of(new Uri(app.Address, $"/t/{t.TrackingToken}").AbsoluteUri).Svg();

        Assert.Equal(expected, (await app.SignedInAs(Sara).Page($"/transactions/{t.Number}/qr.svg")).Expect(200).Text);
    }
}

public sealed class PublicApp : App
{
    protected override IEnumerable<(string, string)> Settings => [("PUBLIC_URL", "https://mdc-tts.example.sa/")];
}

[Trait("runs", "once")]
public sealed class PublicLinkTests(PublicApp app) : IClassFixture<PublicApp>
{
    [Fact]
    public async Task The_qr_holds_the_public_address()
    {
        var t = await app.Given.Transaction(status: "submitted");

        Assert.Equal(
            QrImage.Of($"https://mdc-tts.example.sa/t/{t.TrackingToken}").Svg(),
            (await app.SignedInAs(Sara).Page($"/transactions/{t.Number}/qr.svg")).Text
        );
    }
}
