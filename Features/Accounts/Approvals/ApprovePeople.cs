using MdcTts.Features.Clients;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Accounts.Approvals;

/// <summary>
/// An admin lets somebody in for a client, there already or made by this, or rejects them with a reason. The person is
/// told by mail.
/// </summary>
public sealed class ApprovePeople(AppDb db, CurrentUser by, TimeProvider clock)
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

    private static readonly Problem AlreadyDecided = Problem.Conflict("approvals.decided");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/{id:int}/approval", SubmitApproval).RequireAuthorization(Policies.Admin).RequiresProof();
        pages.MapPost("/{id:int}/rejection", SubmitRejection).RequireAuthorization(Policies.Admin);
        pages.MapPost("/pending/approval", SubmitAll).RequireAuthorization(Policies.Admin).RequiresProof();
    }

    public async Task<Result<User>> Approve(int id, Command command, CancellationToken stop)
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
            name is not null && (await ClientNames.Read(db, stop)).IdOf(name) is not null,
            "clientName",
            "approvals.client_exists"
        );
        if (errors.Any)
            return Problem.Invalid(errors);

        await using var write = await db.BeginWrite(stop);
        if (await WaitingPeople.In(db).SingleOrDefaultAsync(u => u.Id == id, stop) is not { } user)
            return AlreadyDecided;
        if (!user.EmailConfirmed)
            return Problem.Conflict("approvals.not_confirmed");
        if (name is not null)
            clientId = await AddClient(name, now, stop);

        LetIn(user, clientId!.Value, now);
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private async Task<int> AddClient(string name, DateTime now, CancellationToken stop)
    {
        var isArabic = name.Any(c => c is >= '\u0600' and <= '\u06FF');
        var client = new Client
        {
            NameEn = isArabic ? null : name,
            NameAr = isArabic ? name : null,
            CreatedAt = now,
        };
        db.Clients.Add(client);
        await db.SaveChangesAsync(stop);
        var data = new { client.NameEn, client.NameAr };
        db.Audit.Add(AuditLog.By(by, "client.created", "client", client.Id.ToString(), now, data));
        return client.Id;
    }

    public async Task<Result<User>> Reject(int id, Command command, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var reason = errors.Text("reason", command.Reason, User.ReasonMaxLength, required: true, multiline: true);
        if (errors.Any)
            return Problem.Invalid(errors);

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (await WaitingPeople.In(db).SingleOrDefaultAsync(u => u.Id == id, stop) is not { } user)
            return AlreadyDecided;
        user.Status = UserStatus.Rejected;
        user.RejectReason = reason;
        user.EndSessions();
        user.Touch();
        WaitingPeople.News.HaveChanged(db, user.Id, by.Id, now);
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

    /// <summary>
    /// Of those shown, approves whoever confirmed their address and names a company that is a client's name, each for
    /// that client; leaves the others. Answers how many.
    /// </summary>
    public async Task<int> ApproveAll(Shown shown, CancellationToken stop)
    {
        var ids = (shown.Ids ?? []).Select(text => int.TryParse(text, out var id) ? id : 0).Take(100).ToList();
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var clients = await ClientNames.Read(db, stop);
        var approved = 0;
        foreach (
            var user in await WaitingPeople.In(db).Where(u => u.EmailConfirmed && ids.Contains(u.Id)).ToListAsync(stop)
        )
        {
            if (clients.IdOf(user.Company) is not { } clientId)
                continue;
            LetIn(user, clientId, now);
            approved++;
        }

        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return approved;
    }

    private void LetIn(User user, int clientId, DateTime now)
    {
        user.Status = UserStatus.Active;
        user.Role = Role.Client;
        user.ClientId = clientId;
        user.RejectReason = null;
        user.EndSessions();
        user.Touch();
        WaitingPeople.News.HaveChanged(db, user.Id, by.Id, now);
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
        ApprovePeople useCase,
        PendingPeople list,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await useCase.Approve(id, command, stop)).Ok(out var user, out var problem))
            return await ShowAgain(id, command, problem, list, http, stop);
        http.Toast(Words.T["approvals.approved", user.FullName]);
        return http.SeeOther(AccountRoutes.Pending);
    }

    private static async Task<IResult> SubmitRejection(
        int id,
        [FromForm] Command? command,
        ApprovePeople useCase,
        PendingPeople list,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await useCase.Reject(id, command, stop)).Ok(out var user, out var problem))
            return await ShowAgain(id, command, problem, list, http, stop);
        http.Toast(Words.T["approvals.rejected", user.FullName]);
        return http.SeeOther(AccountRoutes.Pending);
    }

    private static async Task<IResult> SubmitAll(
        [FromForm] Shown? shown,
        ApprovePeople useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        var approved = await useCase.ApproveAll(shown ?? new(), stop);
        http.Toast(Words.T.Count("approvals.approved_all", approved));
        return http.SeeOther(AccountRoutes.Pending);
    }

    private static async Task<IResult> ShowAgain(
        int id,
        Command command,
        Problem problem,
        PendingPeople list,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (problem.Fields is null)
            return http.HtmlProblem(problem);
        var view = await list.Handle(new(id, command, problem.Fields), stop);
        RazorSlice page = http.WantsFragment() ? PendingList.Create(view) : PendingPage.Create(view);
        return page.Status(ProblemResults.StatusOf(problem.Kind));
    }
}
