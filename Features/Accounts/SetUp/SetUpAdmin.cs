using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SetUp;

/// <summary>
/// The page behind the one-time link that a first start prints: whoever opens it becomes the first admin. Afterwards
/// the page does not exist.
/// </summary>
public sealed class SetUpAdmin(
    AppDb db,
    FirstAdmin first,
    CurrentSettings current,
    PasswordHashing hashing,
    TimeProvider clock
)
{
    private static readonly Problem NoSuchPage = Problem.NotFound("problem.status.404");

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

    public async Task<Result<User>> Handle(Command command, RequestOrigin from, CancellationToken stop)
    {
        if (!first.Accepts(command.Key))
            return NoSuchPage;
        var errors = new FieldErrors();
        var name = errors.Name("fullName", command.FullName, User.NameMaxLength, required: true);
        var email = errors.Email("email", command.Email, required: true);
        Passwords.CheckRepeated(errors, command.Password, command.Repeat, await current.Get(stop), name, email);
        if (errors.Any)
            return await FirstAdmin.Exists(db, stop) ? NoSuchPage : Problem.Invalid(errors);

        var admin = first.NewAdmin(email!, name!);
        admin.UseEmail(email!);
        var now = clock.Instant();
        Passwords.Use(admin, await hashing.Hash(command.Password!, stop), now);

        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.FirstAdmin, stop);
        if (await FirstAdmin.Exists(db, stop))
            return NoSuchPage;
        if (await db.Users.AnyAsync(u => u.NormalizedEmail == admin.NormalizedEmail, stop))
            return Problem.Invalid("email", "user.email_taken");
        db.Users.Add(admin);
        await db.SaveChangesAsync(stop);
        db.Audit.Add(AuditLog.Entry("user.first_admin_made", "user", admin.Id.ToString(), admin.Id, now, from));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        first.EndLink();
        return admin;
    }

    private async Task<bool> IsOpen(string? key, CancellationToken stop) =>
        first.Accepts(key) && !await FirstAdmin.Exists(db, stop);

    private static async Task<IResult> Form(
        string? key,
        SetUpAdmin useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        await useCase.IsOpen(key, stop)
            ? SetUpPage.Create(new(new() { Key = key }, Errors: null))
            : http.HtmlProblem(NoSuchPage);

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        SetUpAdmin useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await useCase.Handle(command, http.Origin(), stop)).Ok(out var admin, out var problem))
            return problem.Fields is null
                ? http.HtmlProblem(problem)
                : SetUpPage.Create(new(command, problem.Fields)).Status(ProblemResults.StatusOf(problem.Kind));

        await useCase.SignIn(admin, http, stop);
        return http.SeeOther("/");
    }

    private async Task SignIn(User admin, HttpContext http, CancellationToken stop)
    {
        var now = clock.Instant();
        var session = Sessions.Begin(http, db, admin, now);
        await using var write = await db.BeginWrite(stop);
        await db.EndBefore(http, now, stop);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        await Sessions.SignIn(http, session);
    }
}
