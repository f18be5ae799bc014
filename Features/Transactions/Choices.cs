using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>
/// The clients, projects and staff that forms and filters offer. Empty for a client's person, who may know neither
/// others nor staff.
/// </summary>
public sealed record Choices(
    IReadOnlyList<Choices.Organisation> Clients,
    IReadOnlyList<Choices.Site> Projects,
    IReadOnlyList<Choices.Person> Staff
)
{
    public sealed record Organisation(int Id, string? NameEn, string? NameAr)
    {
        public string Name => Words.T.Pick(NameEn, NameAr);
    }

    public sealed record Site(int Id, string Code, string? NameEn, string? NameAr, int ClientId)
    {
        public string Name => Words.T.Pick(NameEn, NameAr);
    }

    public sealed record Person(int Id, string FullName, string? NameAr, string Email)
    {
        public string Name => PersonName.Shown(FullName, NameAr);
    }

    /// <summary>What is chosen now, wherever it stands in the lists.</summary>
    public sealed record Chosen
    {
        public IEnumerable<int> Clients { get; init; } = [];
        public IEnumerable<int> ProjectIds { get; init; } = [];

        /// <summary>Projects by code.</summary>
        public IEnumerable<string> Projects { get; init; } = [];
        public IEnumerable<int> People { get; init; } = [];

        /// <summary>The ids among texts that may say something else as well.</summary>
        public static IEnumerable<int> Ids(params IEnumerable<string?> texts) =>
            texts
                .Select(text =>
                    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0
                )
                .Where(id => id > 0);
    }

    /// <summary>For a client's person.</summary>
    public static Choices None { get; } = new([], [], []);
}

/// <summary>Reads what is active now, at most once between two changes of the directory.</summary>
public sealed class CurrentChoices(AppDb db, CurrentUser user, CountCache cache)
{
    public async Task<Choices> Get(CancellationToken stop) =>
        user.IsClient
            ? Choices.None
            // In the order of the language: by name, however its first letters are spelled.
            : await cache.Get("choices " + Words.T.Language, () => Read(stop), stop, DataMark.Directory);

    /// <summary>
    /// With what is chosen, also when it is not active any more or stands beyond the first ones: a form that did not
    /// offer it would drop it.
    /// </summary>
    public async Task<Choices> Get(Choices.Chosen chosen, CancellationToken stop)
    {
        var offered = await Get(stop);
        if (user.IsClient)
            return offered;
        var clients = chosen.Clients.Except(offered.Clients.Select(c => c.Id)).ToList();
        var projectIds = chosen.ProjectIds.Except(offered.Projects.Select(p => p.Id)).ToList();
        var codes = chosen
            .Projects.Where(code => code.Length <= Projects.Project.CodeMaxLength && !PlainText.HasForbidden(code))
            .Except(offered.Projects.Select(p => p.Code), StringComparer.Ordinal)
            .ToList();
        var people = chosen.People.Except(offered.Staff.Select(p => p.Id)).ToList();
        if (clients.Count > 0)
            offered = offered with
            {
                Clients =
                [
                    .. offered.Clients,
                    .. await db
                        .Clients.Where(c => clients.Contains(c.Id))
                        .OrderBy(c => c.Id)
                        .Select(c => new Choices.Organisation(c.Id, c.NameEn, c.NameAr))
                        .ToListAsync(stop),
                ],
            };
        if (projectIds.Count + codes.Count > 0)
            offered = offered with
            {
                Projects =
                [
                    .. offered.Projects,
                    .. await db
                        .Projects.Where(p => projectIds.Contains(p.Id) || codes.Contains(p.Code))
                        .OrderBy(p => p.Id)
                        .Select(p => new Choices.Site(p.Id, p.Code, p.NameEn, p.NameAr, p.ClientId))
                        .ToListAsync(stop),
                ],
            };
        if (people.Count > 0)
            offered = offered with
            {
                Staff =
                [
                    .. offered.Staff,
                    .. await db
                        .Users.Where(u => people.Contains(u.Id) && u.Role != Role.Client)
                        .OrderBy(u => u.Id)
                        .Select(u => new Choices.Person(u.Id, u.FullName, u.NameAr, u.Email!))
                        .ToListAsync(stop),
                ],
            };
        return offered;
    }

    private async Task<Choices> Read(CancellationToken stop) =>
        new(
            await db
                .Clients.Where(c => c.IsActive)
                .ByName()
                .Take(Field.ChoicesMax)
                .Select(c => new Choices.Organisation(c.Id, c.NameEn, c.NameAr))
                .ToListAsync(stop),
            await db
                .Projects.Where(p => p.IsActive)
                .OrderByDescending(p => p.Code)
                .Take(Field.ChoicesMax)
                .Select(p => new Choices.Site(p.Id, p.Code, p.NameEn, p.NameAr, p.ClientId))
                .ToListAsync(stop),
            await db
                .Users.Staff()
                .ByName()
                .Take(Field.ChoicesMax)
                .Select(u => new Choices.Person(u.Id, u.FullName, u.NameAr, u.Email!))
                .ToListAsync(stop)
        );
}
