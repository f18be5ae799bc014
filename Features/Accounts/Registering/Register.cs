using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Registering;

/// <summary>A person asks for an account; an admin activates it. An address that is known already is one answer with a new one, after the same work.</summary>
public static class Register
{
    public sealed class Command
    {
        public string? FullName { get; set; }
        public string? Email { get; set; }
        public string? Phone { get; set; }
        public string? Company { get; set; }
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }

    public sealed record View(Command Typed, FieldErrors? Errors);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.Register, Form).AllowAnonymous();
        pages.MapPost(AccountRoutes.Register, Submit).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapGet(AccountRoutes.Registered, () => RegisteredPage.Create()).AllowAnonymous();
    }

    /// <summary>Keeps the person as pending, or does nothing when the address is known; null either way, or what is wrong with the fields.</summary>
    public static async Task<Problem?> Handle(Command command, AppDb db, IPasswordHasher<User> hasher, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var name = errors.Text("fullName", command.FullName, User.NameMaxLength, required: true);
        var email = errors.Email("email", command.Email, required: true);
        var phone = errors.Phone("phone", command.Phone);
        var company = errors.Text("company", command.Company, User.CompanyMaxLength, required: true);
        Passwords.Check(errors, "password", command.Password);
        errors.AddIf(command.Password != command.Repeat, "repeat", "password.not_the_same");
        if (errors.Any) return Problem.Invalid(errors);

        var now = clock.Instant();
        var user = new User { FullName = name!, Role = Role.Client, Status = UserStatus.Pending, PhoneNumber = phone, Company = company, CreatedAt = now };
        user.UseEmail(email!);
        user.EmailConfirmed = false;
        // Before the address is looked up: hashing is what takes time, and must not tell the two cases apart.
        user.UsePassword(hasher.HashPassword(user, command.Password!));

        await using var write = await db.BeginWrite(stop);
        var isKnown = await db.Users.AnyAsync(u => u.NormalizedEmail == user.NormalizedEmail, stop);
        if (!isKnown)
        {
            db.Users.Add(user);
            try
            {
                await db.SaveChangesAsync(stop);
            }
            catch (DbUpdateException failure) when (failure.IsUniqueViolation())
            {
                return null;
            }
        }

        db.Audit.Add(isKnown
            ? AuditLog.Entry("account.registered_again", "user", "unknown", actorId: null, now, http)
            : AuditLog.Entry("account.registered", "user", user.Id.ToString(), user.Id, now, http, new { user.Email, user.Company }));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return null;
    }

    private static IResult Form(HttpContext http) =>
        http.User.Identity?.IsAuthenticated == true ? Results.LocalRedirect("/") : RegisterPage.Create(new(new(), null));

    private static async Task<IResult> Submit([FromForm] Command? command, AppDb db, IPasswordHasher<User> hasher, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        command ??= new();
        return await Handle(command, db, hasher, clock, http, stop) is { } problem
            ? RegisterPage.Create(new(command, problem.Fields)).Status(ProblemResults.StatusOf(problem.Kind))
            : http.SeeOther(AccountRoutes.Registered);
    }
}
