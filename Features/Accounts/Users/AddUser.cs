using MdcTts.Features.Audit;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>An admin makes an account for somebody, who is invited by mail to choose a password; a script may set one instead.</summary>
public static class AddUser
{
    public sealed class Command : UserInput
    {
        public string? Email { get; set; }

        /// <summary>From scripts only: in the pages nobody types somebody else's password.</summary>
        public string? Password { get; set; }
    }

    /// <summary>The person, and the token of their invitation when they were invited.</summary>
    public sealed record Added(User User, string? Invitation);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/new", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Admin);
        api.MapPost("/", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<UserBody>(StatusCodes.Status201Created)
            .WithSummary("Make an account")
            .WithDescription(
                "Without `password` an invitation is mailed: the account is `pending` until the person has chosen one. With it the account is `active` at once."
            );
    }

    /// <param name="by">Who does it; null for the command line.</param>
    public static async Task<Result<Added>> Handle(
        Command command,
        AppDb db,
        CurrentUser? by,
        FirmSettings settings,
        IPasswordHasher<User> hasher,
        OutboxSecrets secrets,
        CatalogueCache catalogues,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var isInvited = string.IsNullOrEmpty(command.Password);
        var errors = new FieldErrors();
        var email = errors.Email("email", command.Email, required: true);
        var fields = await UserFields.Read(command, keptClientId: null, errors, db, await catalogues.Get(stop), stop);
        if (!isInvited)
            Passwords.Check(errors, "password", command.Password, settings, fields.FullName, email);
        if (errors.Any)
            return Problem.Invalid(errors);

        var now = clock.Instant();
        var user = new User { Status = isInvited ? UserStatus.Pending : UserStatus.Active, CreatedAt = now };
        fields.ApplyTo(user);
        user.UseEmail(email!);
        user.EmailConfirmed = !isInvited;
        user.EndSessions();
        if (!isInvited)
            Passwords.Use(user, command.Password!, hasher, now);

        await using var write = await db.BeginWrite(stop);
        if (await db.Users.AnyAsync(u => u.NormalizedEmail == user.NormalizedEmail, stop))
            return Taken();
        db.Users.Add(user);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return Taken();
        }

        var invitation = isInvited ? AccountInvitation.Add(db, user, by?.Name, secrets, now) : null;
        var (key, data, about) = (
            user.Id.ToString(),
            new
            {
                role = Keys.Of(user.Role),
                user.ClientId,
                invited = isInvited,
            },
            new { user.FullName, user.Email }
        );
        db.Audit.Add(
            by is null
                ? AuditLog.Entry("user.created", "user", key, actorId: null, now, http: null, data, about)
                : AuditLog.By(by, "user.created", "user", key, now, data, about)
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return new Added(user, invitation);
    }

    private static Problem Taken() => Problem.Invalid("email", "user.email_taken");

    private static async Task<IResult> Form(string? client, AppDb db, CatalogueCache catalogues, CancellationToken stop)
    {
        var isOfClient = int.TryParse(client, out _);
        var typed = new Command { Role = isOfClient ? "client" : null, ClientId = isOfClient ? client : null };
        return UserFormPage.Create(await UserFormView.New(typed, errors: null, existing: null, db, catalogues, stop));
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        AppDb db,
        CurrentUser user,
        CurrentSettings current,
        IPasswordHasher<User> hasher,
        OutboxSecrets secrets,
        CatalogueCache catalogues,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        command.Password = null;
        if (
            !(await Handle(command, db, user, await current.Get(stop), hasher, secrets, catalogues, clock, stop)).Ok(
                out var added,
                out var problem
            )
        )
        {
            if (problem.Fields is null)
                return http.HtmlProblem(problem);
            return UserFormPage
                .Create(
                    (await UserFormView.New(command, problem.Fields, existing: null, db, catalogues, stop)) with
                    {
                        Email = command.Email,
                    }
                )
                .Status(ProblemResults.StatusOf(problem.Kind));
        }

        http.Toast(Infrastructure.Ui.Words.T["invitation.sent", added.User.FullName]);
        return http.SeeOther(AccountRoutes.User(added.User.Id));
    }

    private static async Task<IResult> Json(
        [FromBody] Command command,
        AppDb db,
        CurrentUser user,
        CurrentSettings current,
        IPasswordHasher<User> hasher,
        OutboxSecrets secrets,
        CatalogueCache catalogues,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (
            !(await Handle(command, db, user, await current.Get(stop), hasher, secrets, catalogues, clock, stop)).Ok(
                out var added,
                out var problem
            )
        )
            return ProblemResults.Json(problem);
        http.Response.Headers.ETag = EditUser.TagOf(added.User);
        return TypedResults.Created(RouteGroups.Api + AccountRoutes.User(added.User.Id), UserBody.Of(added.User));
    }
}
