using MdcTts.Features.Audit;
using MdcTts.Features.Clients;
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

namespace MdcTts.Features.Accounts.Approvals;

/// <summary>An admin lets somebody in for a client, there already or made by this, or rejects them with a reason; they are told by mail.</summary>
public static class ApprovePeople
{
    /// <summary>The choice that makes a client.</summary>
    public const string NewClient = "new";

    public sealed class Command
    {
        /// <summary>The id of a client, or <c>new</c>.</summary>
        public string? Client { get; set; }
        public string? ClientName { get; set; }
        public string? Reason { get; set; }
    }

    /// <summary>Those that were shown.</summary>
    public sealed class Shown
    {
        public string[]? Ids { get; set; }
    }

    private static readonly Problem Decided = Problem.Conflict("approvals.decided");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/{id:int}/approval", SubmitApproval).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}/rejection", SubmitRejection).RequireAuthorization(Policies.Admin);
        pages.MapPost("/pending/approval", SubmitAll).RequireAuthorization(Policies.Admin);
    }

    public static async Task<Result<User>> Approve(
        int id,
        Command command,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        var errors = new FieldErrors();
        var name =
            command.Client == NewClient
                ? errors.Text("clientName", command.ClientName, Client.NameMaxLength, required: true)
                : null;
        var clientId = command.Client == NewClient ? null : errors.Id("client", command.Client);
        errors.AddIf(
            command.Client != NewClient && clientId is null && errors.Of("client").Count == 0,
            "client",
            "user.client_needed"
        );
        errors.AddIf(
            clientId is not null && !await db.Clients.AnyAsync(c => c.Id == clientId && c.IsActive, stop),
            "client",
            "error.not_in_list"
        );
        errors.AddIf(
            name is not null && (await SameName.All(db, stop)).Of(name) is not null,
            "clientName",
            "approvals.client_exists"
        );
        if (errors.Any)
            return Problem.Invalid(errors);

        await using var write = await db.BeginWrite(stop);
        if (await WaitingPeople.In(db).SingleOrDefaultAsync(u => u.Id == id, stop) is not { } user)
            return Decided;
        if (!user.EmailConfirmed)
            return Problem.Conflict("approvals.not_confirmed");
        if (name is not null)
        {
            var isArabic = name.Any(c => c is >= '\u0600' and <= '\u06FF');
            var client = new Client
            {
                NameEn = isArabic ? null : name,
                NameAr = isArabic ? name : null,
                CreatedAt = now,
            };
            client.SearchText = Client.SearchTextOf(client.NameEn, client.NameAr);
            db.Clients.Add(client);
            await db.SaveChangesAsync(stop);
            db.Audit.Add(
                AuditLog.By(
                    by,
                    "client.created",
                    "client",
                    client.Id.ToString(),
                    now,
                    new { client.NameEn, client.NameAr }
                )
            );
            clientId = client.Id;
        }

        LetIn(user, clientId!.Value, db, by, now);
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    public static async Task<Result<User>> Reject(
        int id,
        Command command,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var errors = new FieldErrors();
        var reason = errors.Text("reason", command.Reason, User.ReasonMaxLength, required: true, multiline: true);
        if (errors.Any)
            return Problem.Invalid(errors);

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (await WaitingPeople.In(db).SingleOrDefaultAsync(u => u.Id == id, stop) is not { } user)
            return Decided;
        (user.Status, user.RejectReason) = (UserStatus.Rejected, reason);
        user.EndSessions();
        user.Touch();
        WaitingPeople.HaveChanged(db, user, by.Id, now);
        // An address that nobody has confirmed may be anybody's.
        if (user.EmailConfirmed)
            db.Outbox.Add(OutboxMessage.For(id, "account.rejected", now, [reason]));
        db.Audit.Add(
            AuditLog.By(
                by,
                "user.rejected",
                "user",
                id.ToString(),
                now,
                about: new
                {
                    user.FullName,
                    user.Email,
                    reason,
                }
            )
        );
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    /// <summary>Of those shown, approves whoever confirmed their address and names a company that is a client's name, each for that client; leaves the others. Answers how many.</summary>
    public static async Task<int> ApproveAll(
        Shown shown,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var ids = (shown.Ids ?? []).Select(text => int.TryParse(text, out var id) ? id : 0).Take(100).ToList();
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var clients = await SameName.All(db, stop);
        var approved = 0;
        foreach (
            var user in await WaitingPeople.In(db).Where(u => u.EmailConfirmed && ids.Contains(u.Id)).ToListAsync(stop)
        )
        {
            if (clients.Of(user.Company) is not { } clientId)
                continue;
            LetIn(user, clientId, db, by, now);
            approved++;
        }

        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return approved;
    }

    private static void LetIn(User user, int clientId, AppDb db, CurrentUser by, DateTime now)
    {
        (user.Status, user.Role, user.ClientId, user.RejectReason) = (UserStatus.Active, Role.Client, clientId, null);
        user.EndSessions();
        user.Touch();
        WaitingPeople.HaveChanged(db, user, by.Id, now);
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.approved", now));
        db.Audit.Add(
            AuditLog.By(
                by,
                "user.approved",
                "user",
                user.Id.ToString(),
                now,
                new { clientId },
                new { user.FullName, user.Email }
            )
        );
    }

    private static async Task<IResult> SubmitApproval(
        int id,
        [FromForm] Command? command,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        await Answer(
            id,
            command ?? new(),
            await Approve(id, command ?? new(), db, by, clock, stop),
            "approvals.approved",
            db,
            clock,
            http,
            stop
        );

    private static async Task<IResult> SubmitRejection(
        int id,
        [FromForm] Command? command,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        await Answer(
            id,
            command ?? new(),
            await Reject(id, command ?? new(), db, by, clock, stop),
            "approvals.rejected",
            db,
            clock,
            http,
            stop
        );

    private static async Task<IResult> SubmitAll(
        [FromForm] Shown? shown,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var approved = await ApproveAll(shown ?? new(), db, by, clock, stop);
        http.Toast(Words.T.Count("approvals.approved_all", approved));
        return http.SeeOther(AccountRoutes.Pending);
    }

    private static async Task<IResult> Answer(
        int id,
        Command command,
        Result<User> result,
        string done,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (result.Ok(out var user, out var problem))
        {
            http.Toast(Words.T[done, user.FullName]);
            return http.SeeOther(AccountRoutes.Pending);
        }

        if (problem.Fields is null)
            return http.HtmlProblem(problem);
        var view = await PendingPeople.Handle(new(id, command, problem.Fields), db, clock, stop);
        return (
            http.WantsFragment() ? (RazorSlices.RazorSlice)PendingList.Create(view) : PendingPage.Create(view)
        ).Status(ProblemResults.StatusOf(problem.Kind));
    }
}
