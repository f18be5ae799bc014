using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

public sealed class RecordDenialsTests(RecordDenialsTests.LimitedApp app) : IClassFixture<RecordDenialsTests.LimitedApp>
{
    public sealed class LimitedApp : App
    {
        protected override IEnumerable<(string, string)> Settings =>
            [("RateLimits:Enabled", "true"), ("RateLimits:Tracking", "2")];
    }

    [Fact]
    public async Task A_denial_is_written_down_once_a_minute_for_the_same_person_and_route()
    {
        var sara = app.SignedInAs(Sara);
        for (var i = 0; i < 5; i++)
            (await sara.Page("/users")).Expect(403);
        (await sara.Page("/audit")).Expect(403);
        await Counted(1, "access.denied", Sara.Id, "/users");
        await Counted(1, "access.denied", Sara.Id, "/audit");

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await sara.Page("/users")).Expect(403);
        await Counted(2, "access.denied", Sara.Id, "/users");
    }

    [Fact]
    public async Task Tried_ids_and_forms_of_others_are_written_down()
    {
        var lina = app.SignedInAs(Lina);
        for (var i = 1; i < 4; i++)
            (await lina.Page($"/transactions/TRX-2026-9000{i}")).Expect(404);
        (await lina.Send(new(HttpMethod.Post, "/signout"))).Expect(400);

        await Counted(1, "access.not_found", Lina.Id, "/transactions/{number}");
        await Counted(1, "access.forgery_refused", Lina.Id, "/signout");
    }

    [Fact]
    public async Task A_token_that_opens_nothing_is_written_down_and_no_token_is_not()
    {
        (await app.AnonymousApi.Get("/projects")).Expect(401);
        var visitor = app.Anonymous;
        visitor.Headers.Add("Authorization", "Bearer mdc_of_nobody");
        (await visitor.Page("/api/v1/projects")).Expect(401);
        (await visitor.Page("/api/v1/projects")).Expect(401);

        await Counted(1, "access.token_refused", null, "/api/v1/projects");
        Assert.DoesNotContain(
            "mdc_of_nobody",
            string.Join(' ', await app.Db(db => db.Audit.Select(e => e.Data + e.Personal).ToListAsync())),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Too_many_requests_are_written_down_once()
    {
        var visitor = app.Anonymous;
        for (var i = 0; i < 6; i++)
            await visitor.Page("/t/unknown-token-" + i);

        await Counted(1, "access.rate_limited", null, "/t/{token}");
    }

    // The answer comes before the entry.
    private async Task Counted(int expected, string action, int? who, string route)
    {
        async Task<int> Count() =>
            (
                await app.Db(db =>
                    db.Audit.Where(e => e.Action == action && e.ActorId == who && e.EntityType == "route")
                        .Select(e => e.EntityKey)
                        .ToListAsync()
                )
            ).Count(k => "/" + k.Trim('/') == route);
        await Wait.Until(async () => await Count() >= expected);
        Assert.Equal(expected, await Count());
    }
}
