using MdcTts.Features.Audit.Anchors;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

public sealed class VerifyAuditTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_admin_starts_a_verification_and_sees_what_it_found()
    {
        await app.Sealed(3);
        var nasser = app.SignedInAs(Nasser);
        Assert.True((await nasser.Page("/audit/verification")).Expect(200).Has("#verification button"));
        Assert.Equal("/audit/verification", (await nasser.Submit("/audit/verification")).Expect(303).Location);

        await Wait.Until(() => !app.Services.GetRequiredService<Verifications>().Latest!.IsUnderway);

        var state = (await nasser.Fragment("/audit/verification")).Expect(200);
        Assert.StartsWith("The log is intact.", state.TextOf("#verification .say p"), StringComparison.Ordinal);
        Assert.Null(state.Attribute("#verification", "hx-get"));
        Assert.True(await app.Db(db => db.Audit.AnyAsync(e => e.Action == "audit.verified" && e.ActorId == Nasser.Id)));
    }

    [Fact]
    public async Task A_script_gets_the_verdict()
    {
        await app.Sealed(2);
        var answer = (await app.Api(Nasser).Get("/audit/verify")).Expect(200);
        Assert.Equal("true", answer["ok"]);
        Assert.True(answer.Json.GetProperty("checked").GetInt64() >= 2);
    }

    [Fact]
    public async Task The_operator_gets_a_line_and_an_exit_code()
    {
        await app.Sealed(2);
        using var output = new StringWriter();
        Assert.Equal(0, await VerifyCommand.Handle(await app.Head(), app.Services, output, CancellationToken.None));
        Assert.StartsWith("The log is intact.", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            1,
            await VerifyCommand.Handle(
                (await app.Head()) with
                {
                    Sequence = 1_000_000,
                    Count = 1_000_000,
                },
                app.Services,
                output,
                CancellationToken.None
            )
        );
        Assert.Contains("the end of the log was cut off", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_a_day_the_head_is_written_outside_and_mailed_to_each_admin()
    {
        await app.Sealed(1);
        var head = await app.Head();
        Task<Anchor> Write() => app.With<WriteAnchor, Anchor>(anchors => anchors.Handle(CancellationToken.None));
        var anchor = await Write();
        await app.Sealed(1);
        Assert.Equal(anchor, await Write());

        Assert.Equal((head.Sequence, head.Head), (anchor.Sequence, anchor.Head));
        var path = Path.Combine(app.DataDir, "anchors", "2026-11-22.json");
        Assert.Equal(anchor, Anchor.Read(await File.ReadAllTextAsync(path)));
        var mails = await app.Db(db => db.Outbox.Where(m => m.Event == "audit.anchor").ToListAsync());
        Assert.Equal([Nasser.Id], mails.Select(m => m.RecipientId));
        Assert.Contains(anchor.Head, mails[0].Args, StringComparison.Ordinal);

        var nasser = app.SignedInAs(Nasser);
        var download = (await nasser.Page("/audit/verification")).Attribute("a[href$='.json']", "href")!;
        Assert.Equal(anchor, Anchor.Read((await nasser.Page(download)).Expect(200).Text));
        Assert.True((await app.Verify(anchor)).IsWhole);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"sequence\":1,\"count\":2,\"head\":\"00\",\"at\":\"2026-11-22T00:00:00Z\"}")]
    [Trait("runs", "once")]
    public void What_is_no_anchor_is_not_taken_for_one(string json) => Assert.Null(Anchor.Read(json));
}
