using System.Text.Json;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>One client, project or person among more than a select can offer.</summary>
public sealed class ChooseAmongManyTests(SharedApp app) : IClassFixture<SharedApp>
{
    private readonly string _word = Guid.NewGuid().ToString("N")[..8];

    [Theory]
    [InlineData("مؤسسه الافق", "مؤسسة الأُفُق")]
    [InlineData("  horizon ", "مؤسسة الأُفُق")]
    public async Task Clients_are_found_by_either_name_however_it_is_written(string typed, string name)
    {
        var id = await Client("Horizon " + _word, $"{name} {_word}");
        await Client("Horizon closed " + _word, nameAr: null, isActive: false);
        using var sara = app.SignedInAs(Sara).In("ar");

        var found = Of(await sara.Page($"/clients/suggestions?q={Uri.EscapeDataString(typed + " " + _word)}"));

        Assert.Equal([($"{id}", $"{name} {_word}")], found);
        Assert.Empty(Of(await sara.Page("/clients/suggestions?q=%01")));
    }

    [Fact]
    public async Task Projects_are_those_of_the_client_and_people_the_active_staff()
    {
        var own = await app.Given.Project("Garden " + _word, client: Hospital);
        await app.Given.Project("Garden of others " + _word, client: Municipality);
        using var sara = app.SignedInAs(Sara);

        var projects = Of(await sara.Page($"/projects/suggestions?q={_word}&client={Hospital.Id}"));
        var people = Of(await sara.Page("/users/suggestions?q=omar"));

        Assert.Equal([(own.Code, $"{own.Code} · {own.NameEn}")], projects);
        Assert.Equal(2, Of(await sara.Page($"/projects/suggestions?q={_word}")).Count);
        Assert.Equal($"{Omar.Id}", Assert.Single(people).Value);
        Assert.Empty(Of(await sara.Page("/users/suggestions?q=huda")));
        (await app.SignedInAs(Huda).Page("/clients/suggestions?q=a")).Expect(403);
    }

    [Fact]
    public async Task Without_a_script_a_search_is_a_step_of_the_form_and_loses_nothing()
    {
        var far = await Client("Zzz far " + _word, nameAr: null);
        using var sara = app.SignedInAs(Sara);
        var typed = new Dictionary<string, string>
        {
            ["title"] = "Typed before",
            ["type"] = "payment",
            ["find"] = "client",
            ["client.find"] = _word,
        };

        var page = (await sara.Submit(await sara.Page("/transactions/new"), "form.stack", typed)).Expect(200);

        Assert.Equal("Typed before", page.Attribute("[name=title]", "value"));
        Assert.Equal(["Choose…", "Zzz far " + _word], page.Select("select[name=client] option"));
        (await sara.Submit(page, "form.stack", new { client = far, @do = "save" })).Expect(303);
        Assert.Equal(
            far,
            await app.Db(db =>
                db.Transactions.Where(t => t.Title == "Typed before").Select(t => t.ClientId).SingleAsync()
            )
        );
    }

    private Task<int> Client(string nameEn, string? nameAr, bool isActive = true) =>
        app.Db(async db =>
        {
            var client = new Clients.Client
            {
                NameEn = nameEn,
                NameAr = nameAr,
                IsActive = isActive,
                CreatedAt = app.Now,
            };
            db.Clients.Add(client);
            await db.SaveChangesAsync();
            return client.Id;
        });

    private static List<(string Value, string Name)> Of(Answer answer) =>
        [
            .. JsonDocument
                .Parse(answer.Expect(200).Text)
                .RootElement.EnumerateArray()
                .Select(s => (s.GetProperty("value").GetString()!, s.GetProperty("name").GetString()!)),
        ];
}
