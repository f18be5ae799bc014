using System.Text.Json;
using MdcTts.Features.Audit;
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

namespace MdcTts.Features.Accounts.Privacy;

/// <summary>
/// An admin takes everything personal about somebody away for good. What is left is a row with a pseudonym that the history points to, and an audit log that still proves itself.
/// </summary>
/// <remarks>What other people wrote about them in titles, notes and comments stays: it is theirs, and part of the matter.</remarks>
public static class ErasePerson
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
        pages.MapPost("/{id:int}/erasure", Submit).RequireAuthorization(Policies.Admin).Confirmed();
    }

    public static async Task<Result<User>> Handle(
        int id,
        Command command,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        CancellationToken stop
    )
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
        var (name, email) = (user.FullName, user.Email!);
        await Forget(user, db, now, stop);
        WaitingPeople.HaveChanged(db, user, by.Id, now);
        await ForgetMails(id, name, email, user.FullName, db, stop);
        db.AuditErasures.Add(
            new()
            {
                UserId = id,
                At = now,
                ById = by.Id,
            }
        );
        db.Audit.Add(AuditLog.By(by, "account.erased", "user", id.ToString(), now));
        await db.SaveChangesAsync(stop);
        // Last, the entry above included: its address is the admin's and stays out of the person's file.
        var key = id.ToString();
        await db
            .Audit.Where(a =>
                (a.ActorId == id || (a.EntityType == "user" && a.EntityKey == key))
                && (a.Personal != null || a.Salt != null)
            )
            .ExecuteUpdateAsync(
                set => set.SetProperty(a => a.Personal, (string?)null).SetProperty(a => a.Salt, (byte[]?)null),
                stop
            );
        await write.Commit(stop);
        return user;
    }

    private static async Task Forget(User user, AppDb db, DateTime now, CancellationToken stop)
    {
        var id = user.Id;
        user.FullName =
            $"{Words.For("en")["privacy.erased_person"]} {id} · {Words.For("ar")["privacy.erased_person"]} {id}";
        var address = $"erased-{id}@invalid";
        (user.Email, user.UserName, user.NormalizedEmail, user.NormalizedUserName) = (
            address,
            address,
            address.ToUpperInvariant(),
            address.ToUpperInvariant()
        );
        (user.EmailConfirmed, user.PhoneNumber, user.Company, user.IdentityNumber, user.RejectReason) = (
            false,
            null,
            null,
            null,
            null
        );
        (user.PasswordHash, user.TotpSecret, user.TotpStep, user.LastSignInAt, user.Status, user.ErasedAt) = (
            null,
            null,
            null,
            null,
            UserStatus.Suspended,
            now
        );
        user.EndSessions();
        user.Touch();
        await db.Sessions.Where(s => s.UserId == id).ExecuteDeleteAsync(stop);
        await db.AccessTokens.Where(t => t.UserId == id).ExecuteDeleteAsync(stop);
        await db.AccountLinks.Where(l => l.UserId == id).ExecuteDeleteAsync(stop);
        await db.RecoveryCodes.Where(c => c.UserId == id).ExecuteDeleteAsync(stop);
        await db.UserPasskeys.Where(p => p.UserId == id).ExecuteDeleteAsync(stop);
        await db.UserLogins.Where(l => l.UserId == id).ExecuteDeleteAsync(stop);
        await db.UserClaims.Where(c => c.UserId == id).ExecuteDeleteAsync(stop);
        await db.UserTokens.Where(t => t.UserId == id).ExecuteDeleteAsync(stop);
        await db.FormDrafts.Where(d => d.UserId == id).ExecuteDeleteAsync(stop);
        // Kept answers hold what the person was shown.
        await db.IdempotencyKeys.Where(k => k.UserId == id).ExecuteDeleteAsync(stop);
    }

    // Mails to them go without address and link; those to others lose the name, which their arguments may hold.
    private static async Task ForgetMails(
        int id,
        string name,
        string email,
        string pseudonym,
        AppDb db,
        CancellationToken stop
    )
    {
        await db
            .Outbox.Where(m => m.RecipientId == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(m => m.Secret, (string?)null)
                        .SetProperty(m => m.Address, (string?)null)
                        .SetProperty(m => m.Args, "[]"),
                stop
            );
        await db
            .Outbox.Where(m => m.RecipientId == id && m.SentAt == null && m.ParkedAt == null)
            .ExecuteDeleteAsync(stop);
        // What admins were told of a registration names the company too.
        var waiting = JsonSerializer.Serialize(name);
        await db
            .Outbox.Where(m => m.Event == "account.waiting" && m.Args.Contains(waiting))
            .ExecuteUpdateAsync(
                set => set.SetProperty(m => m.Args, JsonSerializer.Serialize(new[] { pseudonym, "" })),
                stop
            );
        foreach (var (old, now) in new[] { (name, pseudonym), (email, $"erased-{id}") })
        {
            var (written, instead) = (JsonSerializer.Serialize(old), JsonSerializer.Serialize(now));
            await db
                .Outbox.Where(m => m.Args.Contains(written))
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.Args, m => m.Args.Replace(written, instead)), stop);
        }
    }

    private static async Task<View?> Find(
        int id,
        Command typed,
        FieldErrors? errors,
        Problem? refusal,
        AppDb db,
        CancellationToken stop
    ) =>
        await db
            .Users.Where(u => u.Id == id && u.ErasedAt == null)
            .Select(u => new View(u.Id, u.FullName, u.Email!, typed, errors, refusal))
            .SingleOrDefaultAsync(stop);

    private static async Task<IResult> Form(int id, AppDb db, HttpContext http, CancellationToken stop) =>
        await Find(id, new(), null, null, db, stop) is { } view
            ? ErasePage.Create(view)
            : http.HtmlProblem(Problem.NotFound());

    private static async Task<IResult> Submit(
        int id,
        [FromForm] Command? command,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if ((await Handle(id, command, db, by, clock, stop)).Ok(out _, out var problem))
        {
            http.Toast(Words.T["privacy.done"]);
            return http.SeeOther(AccountRoutes.Users);
        }

        db.ChangeTracker.Clear();
        return await Find(id, command, problem.Fields, problem.Fields is null ? problem : null, db, stop) is { } view
            ? ErasePage.Create(view).Status(ProblemResults.StatusOf(problem.Kind))
            : http.HtmlProblem(problem);
    }
}
