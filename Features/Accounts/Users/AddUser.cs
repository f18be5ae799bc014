using MdcTts.Features.Audit;
using MdcTts.Features.Lists;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>An admin makes an account for somebody. Without a password a temporary one is made up and shown once; no mail is sent.</summary>
public static class AddUser
{
    public sealed class Command : UserInput
    {
        public string? Email { get; set; }
    }

    /// <summary>The person, and the password that was made up for them.</summary>
    public sealed record Added(User User, string? TemporaryPassword);

    /// <summary>The answer of the API: <c>temporaryPassword</c> is there once, and only when none was sent.</summary>
    public sealed record Body(
        string Id, string Email, string FullName, string Role, string Status, string? Language, string? ClientId, string? Department, string? Phone, DateTime? LastSignInAt, DateTime CreatedAt,
        [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? TemporaryPassword);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/new", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Admin);
        api.MapPost("/", Json).RequireAuthorization(Policies.Admin).Produces<Body>(StatusCodes.Status201Created)
            .WithSummary("Make an account").WithDescription("Without `password` a temporary one is made up and answered once as `temporaryPassword`; no mail is sent.");
    }

    /// <param name="by">Who does it; null for the command line.</param>
    public static async Task<Result<Added>> Handle(Command command, AppDb db, CurrentUser? by, IPasswordHasher<User> hasher, CatalogueCache catalogues, TimeProvider clock, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var email = errors.Email("email", command.Email, required: true);
        var fields = await UserFields.Read(command, keptClientId: null, errors, db, await catalogues.Get(stop), stop);
        if (errors.Any) return Problem.Invalid(errors);

        var now = clock.Instant();
        var temporary = string.IsNullOrEmpty(command.Password) ? Passwords.Generate() : null;
        var user = new User { Status = UserStatus.Active, CreatedAt = now };
        fields.ApplyTo(user);
        user.UseEmail(email!);
        user.UsePassword(hasher.HashPassword(user, temporary ?? command.Password!));

        await using var write = await db.BeginWrite(stop);
        if (await db.Users.AnyAsync(u => u.NormalizedEmail == user.NormalizedEmail, stop)) return Taken();
        db.Users.Add(user);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return Taken();
        }

        var (key, data) = (user.Id.ToString(), new { user.Email, role = Keys.Of(user.Role), user.ClientId });
        db.Audit.Add(by is null ? AuditLog.Entry("user.created", "user", key, actorId: null, now, http: null, data) : AuditLog.By(by, "user.created", "user", key, now, data));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return new Added(user, temporary);
    }

    private static Problem Taken() => Problem.Invalid("email", "user.email_taken");

    private static async Task<IResult> Form(string? client, AppDb db, CatalogueCache catalogues, CancellationToken stop)
    {
        var isOfClient = int.TryParse(client, out _);
        var typed = new Command { Role = isOfClient ? "client" : null, ClientId = isOfClient ? client : null };
        return UserFormPage.Create(await UserFormView.New(typed, errors: null, existing: null, db, catalogues, stop));
    }

    private static async Task<IResult> Submit([FromForm] Command? command, AppDb db, CurrentUser user, IPasswordHasher<User> hasher, CatalogueCache catalogues, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        command ??= new();
        if (!(await Handle(command, db, user, hasher, catalogues, clock, stop)).Ok(out var added, out var problem))
        {
            if (problem.Fields is null) return http.HtmlProblem(problem);
            return UserFormPage.Create((await UserFormView.New(command, problem.Fields, existing: null, db, catalogues, stop)) with { Email = command.Email }).Status(ProblemResults.StatusOf(problem.Kind));
        }

        // A password that was made up is on this answer only: never in an address, a cookie or a log.
        if (added.TemporaryPassword is not null) return UserAddedPage.Create(added);
        http.Toast(Infrastructure.Ui.Words.T["user.added", added.User.FullName]);
        return http.SeeOther(AccountRoutes.User(added.User.Id));
    }

    private static async Task<IResult> Json([FromBody] Command command, AppDb db, CurrentUser user, IPasswordHasher<User> hasher, CatalogueCache catalogues, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        if (!(await Handle(command, db, user, hasher, catalogues, clock, stop)).Ok(out var added, out var problem)) return ProblemResults.Json(problem);
        var u = UserBody.Of(added.User);
        http.Response.Headers.ETag = EditUser.TagOf(added.User);
        return TypedResults.Created(RouteGroups.Api + AccountRoutes.User(added.User.Id), new Body(
            u.Id, u.Email, u.FullName, u.Role, u.Status, u.Language, u.ClientId, u.Department, u.Phone, u.LastSignInAt, u.CreatedAt, added.TemporaryPassword));
    }
}
