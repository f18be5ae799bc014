using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.SignIn;

public sealed class SignInToApiTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task A_password_gives_tokens_that_work_for_an_hour()
    {
        var person = await app.Given.User();
        var pair = await SignIn(person);
        Assert.Equal(("Bearer", "3600"), (pair["tokenType"], pair["expiresIn"]));
        using var api = With(pair["accessToken"]!);
        Assert.Equal(person.Email, (await api.Get("/me")).Expect(200)["email"]);
        (await With(pair["refreshToken"]!).Get("/me")).Expect(401);
        app.Clock.Advance(TimeSpan.FromHours(1));
        (await api.Get("/me")).Expect(401);
        var next = (await app.AnonymousApi.Post("/auth/refresh", new { refreshToken = pair["refreshToken"] })).Expect(
            200
        );
        (await With(next["accessToken"]!).Get("/me")).Expect(200);
    }

    [Fact]
    public async Task Unknown_wrong_and_inactive_get_one_answer()
    {
        var suspended = await app.Given.User(status: UserStatus.Suspended);
        var answers = new[]
        {
            await app.AnonymousApi.Post("/auth/login", new { email = "nobody@mdc.example", password = Password }),
            await app.AnonymousApi.Post("/auth/login", new { email = Sara.Email, password = "wrong" }),
            await app.AnonymousApi.Post("/auth/login", new { email = suspended.Email, password = Password }),
            await app.AnonymousApi.Post("/auth/login", new { email = "a\0b", password = (string?)null }),
            await app.AnonymousApi.Post("/auth/login", new { }),
        };
        Assert.All(
            answers,
            a => Assert.Equal((401, "signin-wrong", answers[0]["detail"]), (a.Status, a.Problem, a["detail"]))
        );
        (await app.AnonymousApi.PostRaw("/auth/login", "{")).Expect(400);
    }

    [Fact]
    public async Task A_spent_refresh_token_ends_the_whole_family()
    {
        var first = await SignIn(await app.Given.User());
        var second = (
            await app.AnonymousApi.Post("/auth/refresh", new { refreshToken = first["refreshToken"] })
        ).Expect(200);
        (await With(second["accessToken"]!).Get("/me")).Expect(200);
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        (await app.AnonymousApi.Post("/auth/refresh", new { refreshToken = first["refreshToken"] })).Expect(401);
        (await With(second["accessToken"]!).Get("/me")).Expect(401);
        (await app.AnonymousApi.Post("/auth/refresh", new { refreshToken = second["refreshToken"] })).Expect(401);
        (await app.AnonymousApi.Post("/auth/refresh", new { refreshToken = "mdcr_unknown" })).Expect(401);
        (await app.AnonymousApi.Post("/auth/refresh", new { })).Expect(401);
    }

    [Fact]
    public async Task Parallel_refreshes_get_one_pair()
    {
        var pair = await SignIn(await app.Given.User());
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(_ => app.AnonymousApi.Post("/auth/refresh", new { refreshToken = pair["refreshToken"] }))
        );
        Assert.All(answers, a => a.Expect(200));
        Assert.Single(answers.Select(a => (a["accessToken"], a["refreshToken"])).Distinct());
        (await With(answers[0]["accessToken"]!).Get("/me")).Expect(200);
    }

    [Fact]
    public async Task A_repeated_refresh_answers_the_same_pair_for_half_a_minute_and_only_until_that_is_exchanged()
    {
        var first = await SignIn(await app.Given.User());
        var second = (await Refresh(first)).Expect(200);
        app.Clock.Advance(TimeSpan.FromSeconds(30));
        var again = (await Refresh(first)).Expect(200);
        Assert.Equal(
            (second["accessToken"], second["refreshToken"], "3570"),
            (again["accessToken"], again["refreshToken"], again["expiresIn"])
        );

        var third = (await Refresh(second)).Expect(200);
        (await Refresh(first)).Expect(401);
        (await With(third["accessToken"]!).Get("/me")).Expect(401);
        (await Refresh(third)).Expect(401);
    }

    [Fact]
    public async Task A_refresh_after_signing_out_repeats_nothing()
    {
        var first = await SignIn(await app.Given.User());
        var second = (await Refresh(first)).Expect(200);
        (await With(second["accessToken"]!).Post("/auth/logout")).Expect(204);

        (await Refresh(first)).Expect(401);
        (await Refresh(second)).Expect(401);
    }

    [Fact]
    public async Task A_sign_in_ends_after_thirty_days_however_often_it_is_refreshed()
    {
        var pair = await SignIn(await app.Given.User());
        app.Clock.Advance(TimeSpan.FromDays(13));
        pair = (await Refresh(pair)).Expect(200);
        app.Clock.Advance(TimeSpan.FromDays(13));
        pair = (await Refresh(pair)).Expect(200);
        app.Clock.Advance(TimeSpan.FromDays(4) - TimeSpan.FromMinutes(10));
        pair = (await Refresh(pair)).Expect(200);
        Assert.Equal("600", pair["expiresIn"]);
        app.Clock.Advance(TimeSpan.FromMinutes(10));

        (await With(pair["accessToken"]!).Get("/me")).Expect(401);
        (await Refresh(pair)).Expect(401);
    }

    [Fact]
    public async Task Signing_out_ends_the_pair_and_a_personal_token_goes_on()
    {
        var person = await app.Given.User();
        var (pair, personal) = (await SignIn(person), app.Api(person));
        using var api = With(pair["accessToken"]!);
        (await api.Post("/auth/logout")).Expect(204);
        (await api.Get("/me")).Expect(401);
        (await app.AnonymousApi.Post("/auth/refresh", new { refreshToken = pair["refreshToken"] })).Expect(401);
        (await personal.Post("/auth/logout")).Expect(204);
        (await personal.Get("/me")).Expect(200);
        (await app.AnonymousApi.Post("/auth/logout")).Expect(401);
    }

    [Fact]
    public async Task A_suspension_ends_refresh_tokens_too()
    {
        var person = await app.Given.User();
        var pair = await SignIn(person);
        await app.Db(db =>
            db.Users.Where(u => u.Id == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.SecurityStamp, "other"))
        );
        (await app.AnonymousApi.Post("/auth/refresh", new { refreshToken = pair["refreshToken"] })).Expect(401);
    }

    private async Task<ApiAnswer> SignIn(Person person) =>
        (await app.AnonymousApi.Post("/auth/login", new { email = person.Email, password = Password })).Expect(200);

    private Task<ApiAnswer> Refresh(ApiAnswer pair) =>
        app.AnonymousApi.Post("/auth/refresh", new { refreshToken = pair["refreshToken"] });

    private ApiClient With(string token)
    {
        var api = app.AnonymousApi;
        api.Headers.Authorization = new("Bearer", token);
        return api;
    }
}
