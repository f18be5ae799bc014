using System.Text.Json;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Infrastructure.Privacy;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Privacy;

/// <summary>
/// What transactions keep about the people who work on them. What people typed into titles, notes and comments stays,
/// because it is part of the matter.
/// </summary>
internal static class TransactionsPersonalData
{
    public static IEnumerable<PersonalData> All =>
        [
            new("wrote", typeof(HistoryEntry))
            {
                Order = 80,
                Export = Wrote,
                Erase = ForgetName,
            },
            PersonalData.Deleted("snoozes", (AppDb db, int id) => db.WorkSnoozes.Where(s => s.UserId == id)),
            PersonalData.Deleted("drafts", (AppDb db, int id) => db.FormDrafts.Where(d => d.UserId == id)),
            new("importSynonyms", typeof(ImportSynonym))
            {
                Order = 85,
                Export = Synonyms,
                Erase = (person, request, stop) =>
                    request
                        .GetRequiredService<AppDb>()
                        .ImportSynonyms.Where(s => s.UserId == person.Id)
                        .ExecuteDeleteAsync(stop),
            },
            new("importHeadings", typeof(ImportHeading))
            {
                Order = 86,
                Export = HeadingsOf,
                Erase = (person, request, stop) =>
                    request
                        .GetRequiredService<AppDb>()
                        .ImportHeadings.Where(h => h.UserId == person.Id)
                        .ExecuteDeleteAsync(stop),
            },
            new("transactions", typeof(Transaction))
            {
                StaysBecause =
                    "The firm's work. It names people by the ids of users, whose rows hold a pseudonym then.",
            },
            new("transactionChanges", typeof(CountedChange))
            {
                StaysBecause = "Numbers to count by, with ids of users, forgotten after the next few thousand changes.",
            },
            new("imports", typeof(ImportRun))
            {
                StaysBecause =
                    "The firm's registers. Who brought one is the id of a user, whose row holds a pseudonym then.",
            },
        ];

    private static async Task<object> Wrote(int id, IServiceProvider request, CancellationToken stop)
    {
        var db = request.GetRequiredService<AppDb>();
        return new
        {
            transactions = await db.Transactions.CountAsync(t => t.CreatedById == id, stop),
            history = await db.History.CountAsync(h => h.ById == id, stop),
            drafts = await db.FormDrafts.CountAsync(d => d.UserId == id, stop),
            imports = await db.Imports.CountAsync(i => i.CreatedById == id, stop),
        };
    }

    private static async Task<object> Synonyms(int id, IServiceProvider request, CancellationToken stop) =>
        await request
            .GetRequiredService<AppDb>()
            .ImportSynonyms.Where(s => s.UserId == id)
            .OrderBy(s => s.Id)
            .Select(s => new
            {
                field = s.Field.ToString(),
                s.Name,
                s.Key,
                s.CreatedAt,
            })
            .ToListAsync(stop);

    private static async Task<object> HeadingsOf(int id, IServiceProvider request, CancellationToken stop) =>
        await request
            .GetRequiredService<AppDb>()
            .ImportHeadings.Where(h => h.UserId == id)
            .OrderBy(h => h.Id)
            .Select(h => new
            {
                h.Heading,
                field = h.Field == null ? null : h.Field.ToString(),
                h.CreatedAt,
            })
            .ToListAsync(stop);

    // Only assignments keep names. When somebody else has the same name, nobody can tell whose line it is: it stays.
    private static async Task ForgetName(ErasedPerson person, IServiceProvider request, CancellationToken stop)
    {
        var db = request.GetRequiredService<AppDb>();
        if (await db.Users.AnyAsync(u => u.Id != person.Id && u.FullName == person.FullName, stop))
            return;
        var (name, pseudonym) = (Written(person.FullName), Written(person.Pseudonym));
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE "History" SET "Changes" = REPLACE("Changes", {name}, {pseudonym})
            WHERE "Kind" = {(int)HistoryKind.Assigned} AND "Changes" <> REPLACE("Changes", {name}, {pseudonym})
            """,
            stop
        );

        static string Written(string text) => JsonSerializer.Serialize(text, JsonSerializerOptions.Web);
    }
}
