using System.Text.RegularExpressions;
using MdcTts.Features;
using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>Whoever keeps something about people says what becomes of it when somebody is erased.</summary>
[Trait("runs", "once")]
public sealed partial class PersonalDataTests(SharedApp app) : IClassFixture<SharedApp>
{
    private IReadOnlyList<PersonalData> Registered => [.. app.Services.GetServices<PersonalData>()];

    [Fact]
    public void Every_table_that_names_a_person_is_registered()
    {
        var registered = Registered.SelectMany(data => data.Entities).ToHashSet();
        var tables = Tables().Select(table => (table.ClrType, Marks: MarksOf(table))).ToList();
        Assert.True(tables.Count(table => table.Marks.Count > 0) > 10);

        Check.None(
            tables
                .Where(table => table.Marks.Count > 0 && !registered.Contains(table.ClrType))
                .Select(table => $"{table.ClrType.Name} ({string.Join(", ", table.Marks)})"),
            """
            These tables name people, but no feature says what becomes of the rows when a person is erased.
            Call services.AddPersonalData(…) in the feature that owns the table, with one of:
              PersonalData.Deleted("name", (AppDb db, int id) => db.Things.Where(t => t.UserId == id))  to delete them,
              new PersonalData("name", typeof(Thing)) { Erase = … }  to empty them,
              new PersonalData("name", typeof(Thing)) { StaysBecause = "…" }  to keep them, with the reason.
            Give it an Export when the person should find it in their own file. Not registered
            """
        );
    }

    [Fact]
    public void What_is_registered_says_what_becomes_of_it_and_why()
    {
        var known = Tables().Select(table => table.ClrType).ToHashSet();
        Assert.NotEmpty(Registered);

        Check.None(
            Registered
                .Where(data => data.Entities.Count == 0 || !data.Entities.All(known.Contains))
                .Select(d => d.Name),
            "These hold something that is no table"
        );
        Check.None(
            Registered.Where(data => (data.Erase is null) == (data.StaysBecause is null)).Select(d => d.Name),
            "These need either Erase or StaysBecause"
        );
        Check.None(
            Registered.Where(data => data.StaysBecause?.Length < 30).Select(d => d.Name),
            "These need a whole sentence as the reason"
        );
        Check.None(
            Registered.GroupBy(data => data.Name).Where(same => same.Count() > 1).Select(same => same.Key),
            "These names stand for several things"
        );
    }

    private static List<IEntityType> Tables()
    {
        using var db = new SqliteDesign().CreateDbContext([]);
        return [.. db.Model.GetEntityTypes().Where(table => !table.IsOwned())];
    }

    private static List<string> MarksOf(IEntityType table) =>
        [
            .. table
                .GetForeignKeys()
                .Where(key => key.PrincipalEntityType.ClrType == typeof(User))
                .SelectMany(key => key.Properties)
                .Select(property => property.Name)
                .Concat(table.GetProperties().Select(p => p.Name).Where(name => NamesAPerson().IsMatch(name)))
                .Distinct(),
        ];

    [GeneratedRegex(
        "(User|Recipient|By|Actor|Assignee|Owner|Person|Author|Sender)Id$"
            + "|E?[Mm]ail|Address|Agent|Phone|FullName|IdentityNumber",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex NamesAPerson();
}
