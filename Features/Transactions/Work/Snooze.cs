using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Work;

/// <summary>Putting a transaction aside in one's own work until a day, or taking it back before.</summary>
public sealed class Snooze(AppDb db, CurrentUser user, TimeProvider clock)
{
    private const int DaysMax = 365;

    public sealed class Command
    {
        /// <summary>A date; empty ends the snooze.</summary>
        public string? Until { get; set; }
    }

    /// <summary>The body as the API takes it; null ends the snooze.</summary>
    public sealed record Body([property: System.Text.Json.Serialization.JsonRequired] string? Until);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{number}/snooze", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/{number}/snooze", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Put it aside in one's own work until a day; null takes it back")
            .WithExample("""{"until":"2026-12-06"}""")
            .Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>Until when it is put aside; null: it is not.</summary>
    public sealed record Kept(DateOnly? Until);

    public async Task<Result<Kept>> Handle(string number, string? until, CancellationToken stop)
    {
        var id = await db.Transactions.Numbered(number, user).Select(t => (int?)t.Id).SingleOrDefaultAsync(stop);
        if (id is null)
            return Problem.NotFound();
        var today = Clock.RiyadhDate(clock.Instant());
        DateOnly? day = null;
        if (!string.IsNullOrWhiteSpace(until))
        {
            if (!Dates.TryParse(until, out var date))
                return Problem.Invalid("until", "error.date");
            if (date <= today || date > today.AddDays(DaysMax))
                return Problem.Invalid("until", "work.snooze_range", DaysMax);
            day = date;
        }

        await using var write = await db.BeginWrite(stop);
        var kept = await db.WorkSnoozes.SingleOrDefaultAsync(s => s.UserId == user.Id && s.TransactionId == id, stop);
        if (day is null && kept is not null)
            db.Remove(kept);
        else if (day is not null && kept is not null)
            kept.Until = day.Value;
        else if (day is not null)
            db.Add(
                new WorkSnooze
                {
                    UserId = user.Id,
                    TransactionId = id.Value,
                    Until = day.Value,
                }
            );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return new Kept(day);
    }

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        Snooze useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(number, command?.Until, stop)).Match(
            kept =>
            {
                http.Toast(
                    kept.Until is { } day
                        ? Words.T["work.snoozed", Dates.Format(day, Words.T.Language)]
                        : Words.T["work.woken"]
                );
                return http.SeeOther(TransactionRoutes.Work);
            },
            http.HtmlProblem
        );

    private static async Task<IResult> Json(string number, Body body, Snooze useCase, CancellationToken stop) =>
        (await useCase.Handle(number, body.Until, stop)).Match<IResult>(
            _ => TypedResults.NoContent(),
            ProblemResults.Json
        );
}
