using MdcTts.Features.Audit;
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
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Registering;

/// <summary>A person asks for an account; an admin activates it. An address that is known already is one answer with a new one, after the same time; its owner is told.</summary>
public static class Register
{
    public sealed class Command
    {
        public string? FullName { get; set; }
        public string? Email { get; set; }
        public string? Phone { get; set; }
        public string? Company { get; set; }
        public string? IdentityKind { get; set; }
        public string? IdentityNumber { get; set; }
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }

    public sealed record View(Command Typed, FieldErrors? Errors, int PasswordMinLength);

    private static readonly Problem Closed = Problem.Conflict("registering.closed");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.Register, Form).AllowAnonymous();
        pages.MapPost(AccountRoutes.Register, Submit).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapGet(AccountRoutes.Registered, () => RegisteredPage.Create()).AllowAnonymous();
    }

    /// <summary>Keeps the person as pending and mails them a link, or does nothing but tell the owner of a known address; null either way, or why not.</summary>
    public static async Task<Problem?> Handle(
        Command command,
        AppDb db,
        FirmSettings settings,
        IPasswordHasher<User> hasher,
        OutboxSecrets secrets,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!settings.RegistrationOpen)
            return Closed;
        var errors = new FieldErrors();
        var name = errors.Text("fullName", command.FullName, User.NameMaxLength, required: true);
        var email = errors.Email("email", command.Email, required: true);
        errors.AddIf(string.IsNullOrWhiteSpace(command.Phone), "phone", "error.required");
        var phone = errors.Phone("phone", command.Phone);
        var company = errors.Text("company", command.Company, User.CompanyMaxLength, required: true);
        var identity = Identity(errors, command);
        Passwords.CheckRepeated(errors, command.Password, command.Repeat, settings, name, email, company);
        if (errors.Any)
            return Problem.Invalid(errors);

        var now = clock.Instant();
        var user = new User
        {
            FullName = name!,
            Role = Role.Client,
            Status = UserStatus.Pending,
            PhoneNumber = phone,
            Company = company,
            IdentityNumber = identity,
            Language = Words.T.Language,
            CreatedAt = now,
        };
        user.UseEmail(email!);
        user.EmailConfirmed = false;
        // Before the address is looked up: hashing is what takes time, and must not tell the two cases apart.
        Passwords.Use(user, command.Password!, hasher, now);

        await using var write = await db.BeginWrite(stop);
        if (await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == user.NormalizedEmail, stop) is { } owner)
        {
            db.Audit.Add(
                AuditLog.Entry("account.registered_again", "user", owner.Id.ToString(), actorId: null, now, http)
            );
            // Who registers twice has not got the first mail; anybody else should know that somebody used their address.
            if (ConfirmationMail.IsAwaited(owner))
                await ConfirmationMail.Renew(owner, db, secrets, now, stop);
            else if (!await HasBeenTold(owner, db, now, stop))
                db.Outbox.Add(OutboxMessage.For(owner.Id, "account.email_taken", now));
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
            return null;
        }

        db.Users.Add(user);
        var token = AccountLinks.Add(db, user, LinkKind.Confirmation, now);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return null;
        }

        db.Outbox.Add(OutboxMessage.For(user.Id, ConfirmationMail.Event, now, secret: secrets.Protect(token)));
        db.Audit.Add(
            AuditLog.Entry(
                "account.registered",
                "user",
                user.Id.ToString(),
                user.Id,
                now,
                http,
                about: new
                {
                    user.FullName,
                    user.Email,
                    user.Company,
                }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return null;
    }

    // A commercial registration may begin like an ID: which of the two it is decides whether the check digit counts.
    private static string? Identity(FieldErrors errors, Command command)
    {
        var kind = command.IdentityKind;
        errors.AddIf(
            kind is not ("person" or "company"),
            "identityKind",
            string.IsNullOrEmpty(kind) ? "error.required" : "error.not_in_list"
        );
        if (string.IsNullOrWhiteSpace(command.IdentityNumber))
            errors.Add("identityNumber", "error.required");
        else if (kind == "person")
            errors.AddIf(
                !SaudiIds.IsNationalIdOrIqama(command.IdentityNumber),
                "identityNumber",
                "registering.identity_wrong"
            );
        else
            errors.AddIf(
                !SaudiIds.IsCommercialRegistration(command.IdentityNumber),
                "identityNumber",
                "error.cr_number"
            );
        return errors.Of("identityNumber").Count > 0 ? null : Digits.ToWestern(command.IdentityNumber!).Trim();
    }

    private static Task<bool> HasBeenTold(User owner, AppDb db, DateTime now, CancellationToken stop) =>
        db.Outbox.AnyAsync(
            m => m.RecipientId == owner.Id && m.Event == "account.email_taken" && m.CreatedAt > now.AddHours(-1),
            stop
        );

    private static async Task<IResult> Form(CurrentSettings current, HttpContext http, CancellationToken stop)
    {
        if (http.User.Identity?.IsAuthenticated == true)
            return Results.LocalRedirect("/");
        var settings = await current.Get(stop);
        return settings.RegistrationOpen
            ? RegisterPage.Create(new(new(), null, settings.PasswordMinLength))
            : http.HtmlProblem(Closed);
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        AppDb db,
        CurrentSettings current,
        IPasswordHasher<User> hasher,
        OutboxSecrets secrets,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var settings = await current.Get(stop);
        var problem = await SteadyPace.Keep(
            () => Handle(command, db, settings, hasher, secrets, clock, http, stop),
            stop
        );
        if (problem is null)
            return http.SeeOther(AccountRoutes.Registered);
        return problem.Fields is null
            ? http.HtmlProblem(problem)
            : RegisterPage
                .Create(new(command, problem.Fields, settings.PasswordMinLength))
                .Status(ProblemResults.StatusOf(problem.Kind));
    }
}
