using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Privacy;

/// <summary>
/// An admin takes everything personal about somebody away for good: each feature erases what it has registered as
/// <see cref="PersonalData"/>. What is left is a row with a pseudonym that the history points to, and an audit log
/// that still proves itself.
/// </summary>
/// <remarks>
/// What other people wrote about them in titles, notes and comments stays: it is theirs, and part of the matter.
/// </remarks>
public sealed class ErasePerson(AppDb db, CurrentUser by, EraseData data, TimeProvider clock)
{
    public sealed class Command
    {
        /// <summary>The person's e-mail address, typed once more.</summary>
        public string? Confirmation { get; set; }
    }

    public sealed record View(
        int Id,
        string FullName,
        string Email,
        Command Typed,
        FieldErrors? Errors,
        Problem? Refusal = null
    );

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/{id:int}/erasure", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}/erasure", Submit).RequireAuthorization(Policies.Admin).RequiresProof();
    }

    public async Task<Result<User>> Handle(int id, Command command, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        if (!db.IsSqlite)
            await db.Database.ExecuteSqlRawAsync(
                """SELECT 1 FROM "Users" WHERE "Role" = 'Admin' AND "Status" = 'Active' ORDER BY "Id" FOR UPDATE""",
                stop
            );
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, stop);
        if (user is null)
            return Problem.NotFound();
        var errors = new FieldErrors();
        errors.AddIf(
            !string.Equals(command.Confirmation?.Trim(), user.Email, StringComparison.OrdinalIgnoreCase),
            "confirmation",
            "privacy.not_the_same"
        );
        if (errors.Any)
            return Problem.Invalid(errors);
        if (id == by.Id)
            return Problem.Conflict("privacy.not_oneself");
        if (
            user is { Role: Role.Admin, IsActive: true }
            && !await db.Users.AnyAsync(u => u.Id != id && u.Role == Role.Admin && u.Status == UserStatus.Active, stop)
        )
            return Problem.Conflict("user.last_admin");

        var now = clock.Instant();
        // Without the address of the admin: nothing personal is in the entry.
        var nameless = by with
        {
            Address = null,
            Agent = null,
        };
        var entry = AuditLog.By(nameless, "account.erased", "user", id.ToString(), now);
        await data.Handle(user, by.Id, entry, now, stop);
        await write.Commit(stop);
        return user;
    }

    private Task<View?> Find(int id, Command typed, Problem? problem, CancellationToken stop)
    {
        var errors = problem?.Fields;
        var refusal = errors is null ? problem : null;
        return db
            .Users.Where(u => u.Id == id && u.ErasedAt == null)
            .Select(u => new View(u.Id, u.FullName, u.Email!, typed, errors, refusal))
            .SingleOrDefaultAsync(stop);
    }

    private static async Task<IResult> Form(int id, ErasePerson useCase, HttpContext http, CancellationToken stop) =>
        await useCase.Find(id, new(), problem: null, stop) is { } view
            ? ErasePage.Create(view)
            : http.HtmlProblem(Problem.NotFound());

    private static async Task<IResult> Submit(
        int id,
        [FromForm] Command? command,
        ErasePerson useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await useCase.Handle(id, command, stop)).Ok(out _, out var problem))
            return await useCase.ShowAgain(id, command, problem, http, stop);
        http.Toast(Words.T["privacy.done"]);
        return http.SeeOther(AccountRoutes.Users);
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
        return await Find(id, command, problem, stop) is { } view
            ? ErasePage.Create(view).Status(ProblemResults.StatusOf(problem.Kind))
            : http.HtmlProblem(problem);
    }
}
