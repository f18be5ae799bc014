using System.Globalization;
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

namespace MdcTts.Features.Accounts.Registering;

/// <summary>
/// A person asks for an account; an admin activates it. A known address gets the same answer as a new one, after the
/// same time, and its owner is told.
/// </summary>
public sealed class Register(
    AppDb db,
    CurrentSettings current,
    PasswordHashing hashing,
    ConfirmationMail mail,
    Guesses counts,
    TimeProvider clock
)
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
    private static readonly Problem Busy = new(ProblemKind.Unavailable, "registering.busy");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.Register, Form).AllowAnonymous();
        pages.MapPost(AccountRoutes.Register, Submit).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapGet(AccountRoutes.Registered, () => RegisteredPage.Create()).AllowAnonymous();
    }

    /// <summary>
    /// Adds the person as pending and mails them a link; for a known address it only tells the owner. Null in both
    /// cases, or the reason for a refusal.
    /// </summary>
    public async Task<Problem?> Handle(Command command, RequestOrigin from, CancellationToken stop)
    {
        var settings = await current.Get(stop);
        if (!settings.RegistrationOpen)
            return Closed;
        var now = clock.Instant();
        if (!Check(command, settings, now).Ok(out var user, out var problem))
            return problem;

        if (await IsFull(settings.RegistrationsPerHourMax, now, stop))
            return Busy;

        // Before the address is looked up: hashing takes most of the time, which must not tell the two cases apart.
        Passwords.Use(user, await hashing.Hash(command.Password!, stop), now);
        await using var write = await db.BeginWrite(stop);
        if (await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == user.NormalizedEmail, stop) is { } owner)
            await TellOwner(owner, now, from, stop);
        else if (!await Add(user, now, from, stop))
            return null;
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return null;
    }

    // Over the whole system, for strangers have any number of addresses; known ones too, for their owners get a mail.
    private async Task<bool> IsFull(int max, DateTime now, CancellationToken stop)
    {
        var key = Guesses.Key("registrations", now.ToString("yyyyMMddHH", CultureInfo.InvariantCulture));
        await using var write = await db.BeginWrite(stop);
        var taken = await counts.Take([key], now, now.AddHours(-1), stop);
        if (taken[0].Before >= max)
            return true;
        await write.Commit(stop);
        return false;
    }

    private static Result<User> Check(Command command, FirmSettings settings, DateTime now)
    {
        var errors = new FieldErrors();
        var name = errors.Name("fullName", command.FullName, User.NameMaxLength, required: true);
        var email = errors.Email("email", command.Email, required: true);
        errors.AddIf(string.IsNullOrWhiteSpace(command.Phone), "phone", "error.required");
        var phone = errors.Phone("phone", command.Phone);
        var company = errors.Text("company", command.Company, User.CompanyMaxLength, required: true);
        errors.AddIf(company is not null && FieldReading.HasLink(company), "company", "error.name_link");
        var identity = Identity(errors, command);
        Passwords.CheckRepeated(errors, command.Password, command.Repeat, settings, name, email, company);
        if (errors.Any)
            return Problem.Invalid(errors);

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
        return user;
    }

    // Somebody who registers twice did not get the first mail. Any other owner should know that their address was used.
    private async Task TellOwner(User owner, DateTime now, RequestOrigin from, CancellationToken stop)
    {
        db.Audit.Add(AuditLog.Entry("account.registered_again", "user", owner.Id.ToString(), actorId: null, now, from));
        if (ConfirmationMail.IsAwaited(owner))
            await mail.Renew(owner, now, stop);
        else if (!await WasTold(owner, now, stop))
            db.Outbox.Add(OutboxMessage.For(owner.Id, "account.email_taken", now));
    }

    // False when another request with the same address was faster.
    private async Task<bool> Add(User user, DateTime now, RequestOrigin from, CancellationToken stop)
    {
        db.Users.Add(user);
        var token = AccountLinks.Add(db, user, LinkKind.Confirmation, now);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return false;
        }

        mail.Add(user, token, now);
        var about = new
        {
            user.FullName,
            user.Email,
            user.Company,
        };
        var key = user.Id.ToString();
        db.Audit.Add(AuditLog.Entry("account.registered", "user", key, user.Id, now, from, about: about));
        return true;
    }

    // A commercial registration may begin like an ID. Only an ID has a check digit, so the person says which it is.
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

    private Task<bool> WasTold(User owner, DateTime now, CancellationToken stop)
    {
        var since = now.AddHours(-1);
        return db.Outbox.AnyAsync(
            m => m.RecipientId == owner.Id && m.Event == "account.email_taken" && m.CreatedAt > since,
            stop
        );
    }

    private static async Task<IResult> Form(CurrentSettings current, HttpContext http, CancellationToken stop)
    {
        if (http.User.Identity?.IsAuthenticated == true)
            return Results.LocalRedirect("/");
        var settings = await current.Get(stop);
        return settings.RegistrationOpen
            ? RegisterPage.Create(new(new(), Errors: null, settings.PasswordMinLength))
            : http.HtmlProblem(Closed);
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        Register useCase,
        CurrentSettings current,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var problem = await SteadyPace.Keep(() => useCase.Handle(command, http.Origin(), stop), stop);
        if (problem is null)
            return http.SeeOther(AccountRoutes.Registered);
        if (problem.Fields is null)
            return http.HtmlProblem(problem);
        var minLength = (await current.Get(stop)).PasswordMinLength;
        return RegisterPage
            .Create(new(command, problem.Fields, minLength))
            .Status(ProblemResults.StatusOf(problem.Kind));
    }
}
