using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
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
/// An admin reads and changes an account. A new role or status ends all sessions and tokens; the last active admin
/// stays one. The password is the person's own: an admin can only have a link sent.
/// </summary>
public sealed class EditUser(AppDb db, CurrentUser by, UserForms forms, SuspendUser suspend, TimeProvider clock)
{
    public class Command : UserInput
    {
        public string? Status { get; set; }

        /// <summary>Why a pending registration is rejected; the person receives it.</summary>
        public string? Reason { get; set; }
    }

    /// <summary>The form also says which state it was made from.</summary>
    public sealed class PostedForm : Command
    {
        public string? Version { get; set; }

        /// <summary>The fields at that state.</summary>
        public string? Original { get; set; }
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{id:int}", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}", Submit).RequireAuthorization(Policies.Admin).RequiresProof();
        api.MapGet("/{id:int}", ShowJson)
            .RequireAuthorization(Policies.Admin)
            .Produces<UserBody>()
            .WithSummary("One account");
        api.MapPut("/{id:int}", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<UserBody>()
            .WithSummary("Change an account")
            .WithDescription(
                "Replaces name, role, status, client, language, department and phone. Who is `pending` becomes "
                    + "`active` or, with a `reason`, `rejected`. Needs `If-Match` with the ETag that was read."
            );
    }

    /// <summary>The state of a person as an entity tag.</summary>
    public static string TagOf(User user) => $"\"{user.ConcurrencyStamp}\"";

    /// <summary>
    /// What a status can become, itself included. Whoever was activated once is suspended, not rejected.
    /// </summary>
    public static IReadOnlyList<UserStatus> StatusesAfter(UserStatus status) =>
        status switch
        {
            UserStatus.Pending => [UserStatus.Pending, UserStatus.Active, UserStatus.Rejected],
            UserStatus.Rejected => [UserStatus.Rejected, UserStatus.Active],
            _ => [UserStatus.Active, UserStatus.Suspended],
        };

    /// <param name="stamp">The state the change was made on; another one meanwhile is a failed precondition.</param>
    public async Task<Result<User>> Handle(int id, string stamp, Command command, CancellationToken stop)
    {
        var kept = await db
            .Users.Where(u => u.Id == id && u.ErasedAt == null)
            .Select(u => new { u.ClientId, u.Status })
            .SingleOrDefaultAsync(stop);
        if (kept is null)
            return Problem.NotFound();
        var errors = new FieldErrors();
        var status = errors.Key<UserStatus>("status", command.Status);
        errors.AddIf(status is { } to && !StatusesAfter(kept.Status).Contains(to), "status", "error.not_in_list");
        var isRejection = status == UserStatus.Rejected && kept.Status == UserStatus.Pending;
        var reason = errors.Text(
            "reason",
            command.Reason,
            User.ReasonMaxLength,
            required: isRejection,
            multiline: true
        );
        var fields = await forms.Read(
            command,
            kept.ClientId,
            errors,
            stop,
            mayComeIn: status is not (UserStatus.Pending or UserStatus.Rejected)
        );
        if (errors.Any)
            return Problem.Invalid(errors);

        var admins = await Admins.Active(db, stop);
        await using var write = await db.BeginWrite(stop);
        await Admins.Lock(db, stop);
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == id, stop);
        if (user is null)
            return Problem.NotFound();
        if (user.ConcurrencyStamp != stamp)
            return new Problem(ProblemKind.PreconditionFailed, "problem.changed_meanwhile");
        if (status == UserStatus.Active && !user.IsActive && await IsInvited(user, stop))
            return Problem.Invalid("status", "user.not_accepted_yet");
        // Anybody may register with somebody else's address: until its owner has confirmed it, nobody comes in with it.
        if (status == UserStatus.Active && user is { IsActive: false, EmailConfirmed: false })
            return Problem.Invalid("status", "user.not_confirmed_yet");
        var isLeaving =
            user is { Role: Role.Admin, IsActive: true } && (fields.Role != Role.Admin || status != UserStatus.Active);
        if (isLeaving && await Admins.IsLast(id, db, stop))
            return Problem.Conflict("user.last_admin");

        var before = (Fields: UserFieldsOf(user), user.Status);
        var wasAdmin = IsAdminOrInvited(user);
        fields.ApplyTo(user);
        user.Status = status!.Value;
        user.RejectReason =
            isRejection ? reason
            : user.Status == UserStatus.Rejected ? user.RejectReason
            : null;
        if (before.Fields.Role != fields.Role || before.Fields.ClientId != fields.ClientId || before.Status != status)
            user.EndSessions();
        user.Touch();
        var now = clock.Instant();
        WaitingPeople.News.HaveChanged(db, user.Id, by.Id, now);
        if (!wasAdmin && IsAdminOrInvited(user))
            Admins.TellOfNew(user, by.Name, admins, db, now);
        if (before.Status == UserStatus.Pending && user.IsActive)
            db.Outbox.Add(OutboxMessage.For(id, "account.approved", now));
        if (isRejection)
            db.Outbox.Add(OutboxMessage.For(id, "account.rejected", now, [reason]));
        db.Audit.Add(
            AuditLog.By(
                by,
                "user.edited",
                "user",
                id.ToString(),
                now,
                new { old = SealedPart(before.Fields, before.Status), @new = SealedPart(fields, user.Status) },
                new
                {
                    old = new
                    {
                        before.Fields.FullName,
                        before.Fields.NameAr,
                        before.Fields.Phone,
                    },
                    @new = new
                    {
                        fields.FullName,
                        fields.NameAr,
                        fields.Phone,
                    },
                    reason = isRejection ? reason : null,
                }
            )
        );
        if (!(await db.Save(user, stop)).Ok(out var saved, out var problem))
            return problem;
        await write.Commit(stop);
        return saved;
    }

    // Made by an admin, and no way to come in chosen yet.
    private async Task<bool> IsInvited(User user, CancellationToken stop) =>
        user.PasswordHash is null && !await db.UserLogins.AnyAsync(l => l.UserId == user.Id, stop);

    private static bool IsAdminOrInvited(User user) =>
        user is { Role: Role.Admin, Status: UserStatus.Active or UserStatus.Pending };

    private static object SealedPart(UserFields fields, UserStatus status) =>
        new
        {
            role = Keys.Of(fields.Role),
            status = Keys.Of(status),
            fields.ClientId,
            fields.Language,
            fields.Department,
        };

    private static UserFields UserFieldsOf(User u) =>
        new(u.FullName, u.NameAr, u.Role, u.ClientId, u.Language, u.Department, u.PhoneNumber);

    private Task<User?> Find(int id, CancellationToken stop) =>
        db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id && u.ErasedAt == null, stop);

    private static async Task<IResult> Form(
        int id,
        EditUser useCase,
        UserForms forms,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (await useCase.Find(id, stop) is not { } user)
            return http.HtmlProblem(Problem.NotFound());
        var kept = Kept(user);
        var view = await forms.Of(user, kept, errors: null, stop) with
        {
            Version = user.ConcurrencyStamp,
            Original = FormMerge.Write(FormMerge.ValuesOf(kept)),
        };
        return UserFormPage.Create(await useCase.Around(user, view, http, stop));
    }

    private static Command Kept(User user) =>
        new()
        {
            FullName = user.FullName,
            NameAr = user.NameAr,
            Role = Keys.Of(user.Role),
            ClientId = user.ClientId?.ToString(),
            Language = user.Language,
            Department = user.Department,
            Phone = user.PhoneNumber,
            Status = Keys.Of(user.Status),
        };

    private static async Task<IResult> Submit(
        int id,
        [FromForm] PostedForm? form,
        EditUser useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        form ??= new();
        var before = await useCase.Find(id, stop);
        var sessions = await useCase.Sessions(id, stop);
        if (!(await useCase.Handle(id, form.Version ?? "", form, stop)).Ok(out var saved, out var problem))
            return await useCase.ShowAgain(id, form, problem, http, stop);
        var name = PersonName.Shown(saved.FullName, saved.NameAr);
        var isOther = before?.Role != saved.Role || before.Status != saved.Status;
        var said =
            before?.Role == saved.Role
                ? Words.T["user.saved", name]
                : Words.T["user.role_changed", name, Words.T["role." + Keys.Of(saved.Role)]];
        // A new role or status has ended them.
        if (isOther && sessions > 0)
            said += " " + Words.T.Count("users.suspend.sessions", sessions);
        http.Toast(said);
        // What followed shows on the person's own page, with the work that may be left.
        return http.SeeOther(isOther ? AccountRoutes.User(id) : AccountRoutes.Users);
    }

    private Task<int> Sessions(int id, CancellationToken stop) => suspend.Sessions(id, clock.Instant(), stop);

    // What stands around the form of somebody who is there.
    private async Task<UserFormView> Around(User user, UserFormView form, HttpContext http, CancellationToken stop) =>
        form with
        {
            Suspension = user.IsActive ? await suspend.Asked(user, stop) : null,
            Sections = await PageSections.Of(user, http.RequestServices, stop),
        };

    private async Task<IResult> ShowAgain(
        int id,
        PostedForm form,
        Problem problem,
        HttpContext http,
        CancellationToken stop
    )
    {
        db.ChangeTracker.Clear();
        if (await Find(id, stop) is not { } present)
            return http.HtmlProblem(problem);
        var view = await forms.Of(present, form, problem.Fields, stop) with
        {
            Status = form.Status,
            Reason = form.Reason,
            Version = form.Version,
            Original = form.Original,
            Refusal = problem.Fields is null ? problem : null,
        };
        return problem.IsOvertaken
            ? FormMergePage.Create(Merge(view, form, present)).Status(StatusCodes.Status409Conflict)
            : UserFormPage
                .Create(await Around(present, view, http, stop))
                .Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static FormMerge Merge(UserFormView view, PostedForm form, User present)
    {
        var (name, url) = (PersonName.Shown(present.FullName, present.NameAr), AccountRoutes.User(present.Id));
        var merge = FormMerge.Of(
            UserFormView.Fields.Where(f => f != "email"),
            FormMerge.ValuesOf(form),
            FormMerge.Read(form.Original),
            FormMerge.ValuesOf(Kept(present))
        );
        return merge with
        {
            Version = present.ConcurrencyStamp!,
            Action = url,
            Back = url,
            What = name,
            Crumbs = [(AccountRoutes.Users, Words.T["users.title"]), (url, name)],
            Section = "users",
            Label = field => Words.T["user." + field],
            Show = (field, value) =>
                value.Length == 0
                    ? ""
                    : field switch
                    {
                        "role" => Words.T["role." + value],
                        "status" => Words.T["user.status." + value],
                        "language" => value == "ar" ? "العربية" : "English",
                        "department" => view.Catalogue.NameOf(ListKind.Department, value),
                        "clientId" => view.Clients.FirstOrDefault(c => c.Value == value).Name ?? value,
                        _ => value,
                    },
        };
    }

    private static async Task<IResult> ShowJson(int id, EditUser useCase, HttpContext http, CancellationToken stop)
    {
        if (await useCase.Find(id, stop) is not { } user)
            return ProblemResults.Json(Problem.NotFound());
        http.Response.Headers.ETag = TagOf(user);
        return TypedResults.Ok(UserBody.Of(user));
    }

    private static async Task<IResult> Json(
        int id,
        [FromBody] Command command,
        EditUser useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        var match = http.Request.Headers.IfMatch.ToString();
        if (match.Length == 0)
            return ProblemResults.Json(new Problem(ProblemKind.PreconditionRequired, "problem.version_missing"));
        var stamp = match.Replace("W/", "", StringComparison.Ordinal).Trim('"');
        if (!(await useCase.Handle(id, stamp, command, stop)).Ok(out var saved, out var problem))
            return ProblemResults.Json(problem);
        http.Response.Headers.ETag = TagOf(saved);
        return TypedResults.Ok(UserBody.Of(saved));
    }
}
