using System.Globalization;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Features.Dashboards;

public sealed class ShowDashboardTests(DemoApp app) : IClassFixture<DemoApp>
{
    public static TheoryData<string> Roles => ["Admin", "Editor", "Client"];

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Every_number_is_the_count_of_the_list_it_links_to(string role)
    {
        var visitor = app.SignedInAs(PersonOf(role));
        var page = (await visitor.Page("/dashboard")).Expect(200);

        var links = page
            .Document.QuerySelectorAll(".tiles a, .chart a, table a")
            .Select(a =>
                (
                    Address: a.GetAttribute("href")!,
                    Shown: long.Parse(
                        (a.QuerySelector("b, .v") ?? a).TextContent,
                        NumberStyles.AllowThousands,
                        CultureInfo.InvariantCulture
                    )
                )
            )
            .Distinct()
            .ToList();

        Assert.True(links.Count >= 10, $"only {links.Count} numbers");
        Assert.Contains(links, l => l.Shown > 0);
        foreach (var (address, shown) in links)
        {
            var list = (await visitor.Page(address)).Expect(200);
            Assert.True(shown == CountOf(list), $"{role}: {address} shows {CountOf(list)}, the dashboard {shown}");
        }
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task The_API_answers_the_same_numbers(string role)
    {
        var person = PersonOf(role);
        var page = await app.SignedInAs(person).Page("/dashboard");
        var answer = (await app.Api(person).Get("/dashboard")).Expect(200);

        var figures = answer
            .Json.GetProperty("figures")
            .EnumerateArray()
            .Select(f => f.GetProperty("count").GetInt64());

        Assert.Equal(
            page.Select(".tiles b")
                .Select(t => long.Parse(t, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)),
            figures
        );
        Assert.Equal(role.ToLowerInvariant(), answer["role"]);
    }

    [Fact]
    public async Task A_client_sees_neither_staff_nor_drafts()
    {
        var page = await app.SignedInAs(app.ClientPerson).Page("/dashboard");

        Assert.All(app.People.Where(p => p.ClientId is null), p => Assert.DoesNotContain(p.Name, page.Text));
        Assert.DoesNotContain("status=draft", page.Text);
        Assert.DoesNotContain("assignee", page.Text);
    }

    [Fact]
    public async Task Charts_are_mirrored_in_Arabic()
    {
        var english = await app.SignedInAs(app.Admin).Page("/dashboard");
        var arabic = await app.SignedInAs(app.Admin).In("ar").Page("/dashboard");

        Assert.Equal("34%", english.Document.QuerySelector(".chart .rail")!.GetAttribute("x"));
        Assert.Equal("10%", arabic.Document.QuerySelector(".chart .rail")!.GetAttribute("x"));
        Assert.Equal("end", english.Document.QuerySelector(".chart text")!.GetAttribute("text-anchor"));
        Assert.Null(arabic.Document.QuerySelector(".chart text")!.GetAttribute("text-anchor"));
    }

    [Fact]
    public async Task A_second_visit_counts_nothing_again()
    {
        var visitor = app.SignedInAs(app.Admin);
        await visitor.Page("/dashboard");

        var again = await visitor.Page("/dashboard");

        Assert.DoesNotContain(again.Statements, s => s.Contains("COUNT", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Somebody_not_signed_in_is_asked_to() => (await app.Anonymous.Page("/dashboard")).Expect(302);

    [Fact]
    public async Task The_API_wants_a_token() => (await app.AnonymousApi.Get("/dashboard")).Expect(401);

    private Person PersonOf(string role) =>
        role switch
        {
            "Admin" => app.Admin,
            "Editor" => app.Editor,
            _ => app.ClientPerson,
        };

    private static long CountOf(Answer list) =>
        list.Has("#list .empty")
            ? 0
            : long.Parse(
                list.Select("#list .foot > span[aria-live] bdi")[^1],
                NumberStyles.AllowThousands,
                CultureInfo.InvariantCulture
            );
}

public sealed class EmptyDashboardTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_empty_register_shows_zeros()
    {
        foreach (var person in new[] { Cast.Nasser, Cast.Sara, Cast.Huda })
        {
            var page = (await app.SignedInAs(person).Page("/dashboard")).Expect(200);
            Assert.All(page.Select(".tiles b"), t => Assert.Equal("0", t));
        }
    }
}
