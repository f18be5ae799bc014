using System.Net.Http.Headers;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Tokens;

public sealed class PersonalTokensTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task A_token_is_shown_once_works_as_its_scopes_say_and_ends_when_revoked()
    {
        var person = await app.Given.User();
        var visitor = app.SignedInAs(person);
        var made = (
            await visitor.Submit(
                "/account/tokens",
                new
                {
                    name = "Power BI",
                    days = "90",
                    scope = new[] { "read" },
                }
            )
        ).Expect(200);
        var secret = made.TextOf("#secret");
        Assert.StartsWith("mdc_", secret, StringComparison.Ordinal);
        Assert.Equal(47, secret.Length);
        Assert.StartsWith("no-store", made.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.False(await app.Db(db => db.AccessTokens.AnyAsync(t => t.Hash.Contains(secret))));

        using var api = app.AnonymousApi;
        api.Headers.Authorization = new("Bearer", secret);
        (await api.Get("/me")).Expect(200);
        (await api.Post("/auth/logout")).Expect(403);

        var list = (await visitor.Page("/account/tokens")).Expect(200);
        Assert.DoesNotContain(secret, list.Text, StringComparison.Ordinal);
        Assert.Equal("Power BI", list.TextOf("tbody th"));
        Assert.Contains("today", list.TextOf("tbody td:nth-of-type(3)"), StringComparison.Ordinal);
        var revoke = list.Attribute("tbody form", "action")!;
        (await app.SignedInAs(Omar).Submit(revoke)).Expect(404);
        (await visitor.Submit(revoke)).Expect(303);
        (await api.Get("/me")).Expect(401);
        Assert.False((await visitor.Page("/account/tokens")).Has("tbody"));
    }

    [Fact]
    public async Task Wrong_names_scopes_and_days_are_refused()
    {
        foreach (
            var form in new object[]
            {
                new
                {
                    name = "",
                    days = "90",
                    scope = new[] { "read" },
                },
                new
                {
                    name = "x",
                    days = "366",
                    scope = new[] { "read" },
                },
                new
                {
                    name = "x",
                    days = "0",
                    scope = new[] { "read" },
                },
                new { name = "x", days = "90" },
                new
                {
                    name = "x",
                    days = "90",
                    scope = new[] { "admin" },
                },
                new
                {
                    name = "x\0",
                    days = "90",
                    scope = new[] { "read" },
                },
                new
                {
                    name = new string('x', 81),
                    days = "90",
                    scope = new[] { "read" },
                },
            }
        )
            Assert.True((await app.SignedInAs(Sara).Submit("/account/tokens", form)).Status is 422 or 400);
        (
            await app.SignedInAs(Nasser)
                .Submit(
                    "/account/tokens",
                    new
                    {
                        name = "all",
                        days = "365",
                        scope = new[] { "read", "write", "admin" },
                    }
                )
        ).Expect(200);
    }

    [Fact]
    public async Task A_token_ends_when_its_days_are_over()
    {
        var person = await app.Given.User();
        var secret = (
            await app.SignedInAs(person)
                .Submit(
                    "/account/tokens",
                    new
                    {
                        name = "short",
                        days = "1",
                        scope = new[] { "read" },
                    }
                )
        ).Expect(200).TextOf("#secret");
        using var api = app.AnonymousApi;
        api.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        (await api.Get("/me")).Expect(200);
        app.Clock.Advance(TimeSpan.FromDays(1));
        (await api.Get("/me")).Expect(401);
    }
}
