using MdcTts.Features.Audit;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SetUp;

/// <summary>The page behind the one-time link that a first start prints: whoever holds it becomes the first admin. Afterwards there is nothing here.</summary>
public static class SetUpAdmin
{
    public sealed class Command
    {
        public string? Key { get; set; }
        public string? FullName { get; set; }
        public string? Email { get; set; }
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }

    public sealed record View(Command Typed, FieldErrors? Errors);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.SetUp, Form).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapPost(AccountRoutes.SetUp, Submit).AllowAnonymous().Limited(RateLimits.SignIn);
    }

    public static async Task<Result<User>> Handle(
        Command command,
        AppDb db,
        FirstAdmin first,
        CurrentSettings current,
        IPasswordHasher<User> hasher,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!first.Knows(command.Key))
            return Problem.NotFound("problem.status.404");
        var errors = new FieldErrors();
        var name = errors.Text("fullName", command.FullName, User.NameMaxLength, required: true);
        var email = errors.Email("email", command.Email, required: true);
        Passwords.CheckRepeated(errors, command.Password, command.Repeat, await current.Get(stop), name, email);
        if (errors.Any)
            return await Exists(db, stop) ? Problem.NotFound("problem.status.404") : Problem.Invalid(errors);

        var admin = FirstAdmin.NewAdmin(email!, name!, clock);
        admin.UseEmail(email!);
        Passwords.Use(admin, command.Password!, hasher, clock.Instant());

        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.FirstAdmin, stop);
        if (await Exists(db, stop))
            return Problem.NotFound("problem.status.404");
        if (await db.Users.AnyAsync(u => u.NormalizedEmail == admin.NormalizedEmail, stop))
            return Problem.Invalid("email", "user.email_taken");
        db.Users.Add(admin);
        await db.SaveChangesAsync(stop);
        db.Audit.Add(
            AuditLog.Entry("user.first_admin_made", "user", admin.Id.ToString(), admin.Id, clock.Instant(), http)
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        first.Done();
        return admin;
    }

    private static Task<bool> Exists(AppDb db, CancellationToken stop) =>
        db.Users.AnyAsync(u => u.Role == Role.Admin, stop);

    private static async Task<IResult> Form(
        string? key,
        AppDb db,
        FirstAdmin first,
        HttpContext http,
        CancellationToken stop
    ) =>
        first.Knows(key) && !await Exists(db, stop)
            ? SetUpPage.Create(new(new() { Key = key }, null))
            : http.HtmlProblem(Problem.NotFound("problem.status.404"));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        AppDb db,
        FirstAdmin first,
        CurrentSettings current,
        IPasswordHasher<User> hasher,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await Handle(command, db, first, current, hasher, clock, http, stop)).Ok(out var admin, out var problem))
            return problem.Fields is null
                ? http.HtmlProblem(problem)
                : SetUpPage.Create(new(command, problem.Fields)).Status(ProblemResults.StatusOf(problem.Kind));

        var session = Sessions.Begin(http, db, admin, clock.Instant());
        await db.SaveChangesAsync(stop);
        await Sessions.SignIn(http, session);
        return http.SeeOther("/");
    }
}
