using MdcTts.Features.Outbox;
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
/// Makes an account for somebody, who is invited by mail to choose a password; a script may set one instead.
/// Works for an admin, and from the command line for nobody.
/// </summary>
public sealed class AddUser(
    AppDb db,
    ActingPerson acting,
    CurrentSettings settings,
    PasswordHashing hashing,
    OutboxSecrets secrets,
    UserForms forms,
    TimeProvider clock
)
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
        pages.MapGet("/new", Form).RequireAuthorization(Policies.Admin).RequiresProof();
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Admin).RequiresProof();
        api.MapPost("/", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<UserBody>(StatusCodes.Status201Created)
            .WithSummary("Make an account")
            .WithDescription(
                "Without `password` an invitation is mailed: the account is `pending` until the person has chosen one. "
                    + "With it the account is `active` at once; at the first sign-in the person chooses another one."
            );
    }

    public async Task<Result<Added>> Handle(Command command, CancellationToken stop)
    {
        var isInvited = string.IsNullOrEmpty(command.Password);
        var errors = new FieldErrors();
        var email = errors.Email("email", command.Email, required: true);
        var fields = await forms.Read(command, keptClientId: null, errors, stop);
        if (!isInvited)
            Passwords.Check(errors, "password", command.Password, await settings.Get(stop), fields.FullName, email);
        if (errors.Any)
            return Problem.Invalid(errors);

        var now = clock.Instant();
        var user = new User { Status = isInvited ? UserStatus.Pending : UserStatus.Active, CreatedAt = now };
        fields.ApplyTo(user);
        user.UseEmail(email!);
        user.EmailConfirmed = !isInvited;
        user.EndSessions();
        if (!isInvited)
        {
            Passwords.Use(user, await hashing.Hash(command.Password!, stop), now);
            user.HasGivenPassword = true;
        }

        var admins = await Admins.Active(db, stop);
        await using var write = await db.BeginWrite(stop);
        if (await db.Users.AnyAsync(u => u.NormalizedEmail == user.NormalizedEmail, stop))
            return EmailTaken;
        db.Users.Add(user);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return EmailTaken;
        }

        var invitation = isInvited ? AccountInvitation.Add(db, user, acting.User?.Name, secrets, now) : null;
        if (user.Role == Role.Admin)
            Admins.TellOfNew(user, acting.User?.Name, admins, db, now);
        db.Audit.Add(Entry(user, isInvited, now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return new Added(user, invitation);
    }

    private AuditEntry Entry(User user, bool isInvited, DateTime now)
    {
        const string action = "user.created";
        var key = user.Id.ToString();
        var data = new
        {
            role = Keys.Of(user.Role),
            user.ClientId,
            invited = isInvited,
        };
        var about = new { user.FullName, user.Email };
        return acting.User is { } by
            ? AuditLog.By(by, action, "user", key, now, data, about)
            : AuditLog.Entry(action, "user", key, actorId: null, now, from: null, data, about);
    }

    private static Problem EmailTaken => Problem.Invalid("email", "user.email_taken");

    private static async Task<IResult> Form(string? client, UserForms forms, CancellationToken stop)
    {
        var isOfClient = int.TryParse(client, out _);
        var typed = new Command
        {
            Role = isOfClient ? "client" : null,
            ClientId = isOfClient ? client : null,
            // The invitation is the first that a person reads: in the language in which they are invited.
            Language = Words.T.Language,
        };
        return UserFormPage.Create(await forms.New(typed, errors: null, stop));
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        AddUser useCase,
        UserForms forms,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        command.Password = null;
        if (!(await useCase.Handle(command, stop)).Ok(out var added, out var problem))
        {
            if (problem.Fields is null)
                return http.HtmlProblem(problem);
            var view = await forms.New(command, problem.Fields, stop) with { Email = command.Email };
            return UserFormPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
        }

        http.Toast(Words.T["invitation.sent", added.User.FullName]);
        return http.SeeOther(AccountRoutes.User(added.User.Id));
    }

    private static async Task<IResult> Json(
        [FromBody] Command command,
        AddUser useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(command, stop)).Ok(out var added, out var problem))
            return ProblemResults.Json(problem);
        http.Response.Headers.ETag = EditUser.TagOf(added.User);
        return TypedResults.Created(RouteGroups.Api + AccountRoutes.User(added.User.Id), UserBody.Of(added.User));
    }
}
