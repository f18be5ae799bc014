using System.Globalization;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>
/// An admin suspends a person, with a reason, and lets them in again. The question says what ends and what work is
/// left; the answer says what did end, and who has the work now.
/// </summary>
public sealed class SuspendUser(
    AppDb db,
    CurrentUser by,
    CurrentSettings current,
    IEnumerable<PersonWork> works,
    IServiceProvider request,
    TimeProvider clock
)
{
    public sealed class Command
    {
        public string? Reason { get; set; }

        /// <summary>The id of who gets the open work; empty leaves it.</summary>
        public string? HandOverTo { get; set; }
    }

    /// <summary>What follows.</summary>
    /// <param name="Sessions">Browsers that are signed in.</param>
    /// <param name="Tokens">Tokens and apps that work.</param>
    /// <param name="Work">What waits for the person; only what there is.</param>
    public sealed record View(
        User Person,
        int Sessions,
        int Tokens,
        IReadOnlyList<(PersonWork Work, int Count)> Work,
        IReadOnlyList<(string Value, string Name)> Colleagues
    )
    {
        public Command Typed { get; init; } = new();
        public FieldErrors? Errors { get; init; }
        public Problem? Refusal { get; init; }
    }

    /// <summary>What was done.</summary>
    /// <param name="HandedOver">How much work somebody else has now.</param>
    public sealed record Done(User Person, int Sessions, int Tokens, int HandedOver);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{id:int}/suspension", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}/suspension", Submit).RequireAuthorization(Policies.Admin).RequiresProof();
        pages.MapPost("/{id:int}/suspension/removal", SubmitEnd).RequireAuthorization(Policies.Admin).RequiresProof();
        api.MapPost("/{id:int}/suspension", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<UserBody>()
            .WithSummary("Suspend a person")
            .WithDescription(
                "Ends all sessions and tokens. `reason` is for the audit log; `handOverTo`, a user's id, gets the "
                    + "person's open work."
            )
            .WithExample("""{"reason":"Left the firm","handOverTo":"4"}""");
        api.MapDelete("/{id:int}/suspension", JsonEnd)
            .RequireAuthorization(Policies.Admin)
            .Produces<UserBody>()
            .WithSummary("Let a suspended person in again");
    }

    /// <summary>What suspending somebody would mean.</summary>
    public async Task<View> Asked(User person, CancellationToken stop)
    {
        var now = clock.Instant();
        var work = new List<(PersonWork, int)>();
        foreach (var kind in works)
            if (await kind.Count(db, person.Id, stop) is var count and > 0)
                work.Add((kind, count));
        var colleagues =
            work.Count == 0
                ? []
                : await db
                    .Users.Staff()
                    .Where(u => u.Id != person.Id)
                    .OrderBy(u => u.FullName)
                    .ThenBy(u => u.Id)
                    .Take(Field.ChoicesMax)
                    .Select(u => new { u.Id, Name = PersonName.Shown(u.FullName, u.NameAr) })
                    .ToListAsync(stop);
        return new(
            person,
            await Sessions(person.Id, now, stop),
            await Tokens(person.Id, now, stop),
            work,
            colleagues.ConvertAll(c => (c.Id.ToString(CultureInfo.InvariantCulture), c.Name))
        );
    }

    public async Task<Result<Done>> Suspend(int id, Command command, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var reason = errors.Text("reason", command.Reason, User.ReasonMaxLength, required: true, multiline: true);
        var heir = errors.Id("handOverTo", command.HandOverTo);
        if (heir is not null && (heir == id || !await db.Users.Staff().AnyAsync(u => u.Id == heir, stop)))
            errors.Add("handOverTo", "error.not_in_list");
        if (errors.Any)
            return Problem.Invalid(errors);

        Done done;
        var now = clock.Instant();
        await using (var write = await db.BeginWrite(stop))
        {
            await Admins.Lock(db, stop);
            if (await Find(id, stop) is not { } person)
                return Problem.NotFound();
            if (!person.IsActive)
                return Problem.Conflict("users.suspend.not_active");
            if (person.Role == Role.Admin && await Admins.IsLast(id, db, stop))
                return Problem.Conflict("user.last_admin");
            done = new(person, await Sessions(id, now, stop), await Tokens(id, now, stop), HandedOver: 0);
            person.Status = UserStatus.Suspended;
            person.EndSessions();
            await db.EndAccess(id, now, stop);
            person.Touch();
            db.Audit.Add(
                AuditLog.By(
                    by,
                    "user.suspended",
                    "user",
                    id.ToString(CultureInfo.InvariantCulture),
                    now,
                    new
                    {
                        sessions = done.Sessions,
                        tokens = done.Tokens,
                        handedTo = heir,
                    },
                    about: new { reason }
                )
            );
            if (!(await db.Save(person, stop)).Ok(out _, out var problem))
                return problem;
            await write.Commit(stop);
        }

        if (heir is not { } to)
            return done;
        var handed = 0;
        foreach (var kind in works)
            handed += await kind.HandOver(request, id, to, reason!, stop);
        return done with { HandedOver = handed };
    }

    public async Task<Result<User>> Reactivate(int id, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        if (await Find(id, stop) is not { } person)
            return Problem.NotFound();
        if (person.Status != UserStatus.Suspended)
            return Problem.Conflict("users.suspend.not_suspended");
        if (!person.EmailConfirmed)
            return Problem.Conflict("user.not_confirmed_yet");
        person.Status = UserStatus.Active;
        person.Touch();
        var key = id.ToString(CultureInfo.InvariantCulture);
        db.Audit.Add(AuditLog.By(by, "user.reactivated", "user", key, clock.Instant()));
        if (!(await db.Save(person, stop)).Ok(out var saved, out var problem))
            return problem;
        await write.Commit(stop);
        return saved;
    }

    /// <summary>Browsers in which somebody is signed in.</summary>
    public async Task<int> Sessions(int id, DateTime now, CancellationToken stop) =>
        await db.Sessions.Where(s => s.UserId == id).Alive(await current.Get(stop), now).CountAsync(stop);

    private Task<int> Tokens(int id, DateTime now, CancellationToken stop) =>
        db
            .AccessTokens.Where(t => t.UserId == id && t.RevokedAt == null && t.ExpiresAt > now)
            .CountAsync(t => t.Kind != TokenKind.Access, stop);

    private Task<User?> Find(int id, CancellationToken stop) =>
        db.Users.SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, stop);

    private static async Task<IResult> Form(int id, SuspendUser useCase, HttpContext http, CancellationToken stop)
    {
        if (await useCase.Find(id, stop) is not { } person)
            return http.HtmlProblem(Problem.NotFound());
        return person.IsActive
            ? SuspensionPage.Create(await useCase.Asked(person, stop))
            : http.SeeOther(AccountRoutes.User(id));
    }

    private static async Task<IResult> Submit(
        int id,
        [FromForm] Command? command,
        SuspendUser useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await useCase.Suspend(id, command, stop)).Ok(out var done, out var problem))
            return await useCase.ShowAgain(id, command, problem, http, stop);
        http.Toast(Said(done), new ToastUndo(AccountRoutes.SuspensionEnd(id), "", AccountRoutes.User(id)));
        return http.SeeOther(AccountRoutes.User(id));
    }

    private async Task<IResult> ShowAgain(
        int id,
        Command command,
        Problem problem,
        HttpContext http,
        CancellationToken stop
    )
    {
        db.ChangeTracker.Clear();
        if (await Find(id, stop) is not { IsActive: true } person)
            return http.HtmlProblem(problem);
        var view = await Asked(person, stop) with
        {
            Typed = command,
            Errors = problem.Fields,
            Refusal = problem.Fields is null ? problem : null,
        };
        return SuspensionPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static async Task<IResult> SubmitEnd(int id, SuspendUser useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Reactivate(id, stop)).Ok(out var person, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["users.suspend.ended", PersonName.Shown(person.FullName, person.NameAr)]);
        return http.SeeOther(AccountRoutes.User(id));
    }

    private static async Task<IResult> Json(
        int id,
        [FromBody] Command command,
        SuspendUser useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        Answer(
            (await useCase.Suspend(id, command, stop)).Ok(out var done, out var problem) ? done.Person : problem!,
            http
        );

    private static async Task<IResult> JsonEnd(int id, SuspendUser useCase, HttpContext http, CancellationToken stop) =>
        Answer(await useCase.Reactivate(id, stop), http);

    private static IResult Answer(Result<User> result, HttpContext http)
    {
        if (!result.Ok(out var person, out var problem))
            return ProblemResults.Json(problem);
        http.Response.Headers.ETag = EditUser.TagOf(person);
        return TypedResults.Ok(UserBody.Of(person));
    }

    // Only what there was to end: nobody wants to read of no sessions.
    private static string Said(Done done) =>
        string.Join(
            ' ',
            new[]
            {
                Words.T["users.suspend.done", PersonName.Shown(done.Person.FullName, done.Person.NameAr)],
                Ended("users.suspend.sessions", done.Sessions),
                Ended("users.suspend.tokens", done.Tokens),
                Ended("users.suspend.handed_over", done.HandedOver),
            }.OfType<string>()
        );

    private static string? Ended(string key, int count) => count == 0 ? null : Words.T.Count(key, count);
}
