using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Mails;

/// <summary>
/// Whether somebody gets mails about transactions. Those about their account come anyway: they tell who was in it.
/// </summary>
public sealed class ChooseMails(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed class Command
    {
        /// <summary><c>true</c> when the box is ticked; absent when it is not.</summary>
        public string? Transactions { get; set; }
    }

    /// <summary>What is chosen, and where the mails go.</summary>
    public sealed record View(bool Transactions, string Email);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/mails", Page).RequireAuthorization(Policies.SignedIn);
        pages.MapPost("/mails", Submit).RequireAuthorization(Policies.SignedIn);
    }

    public async Task<Result<User>> Handle(Command command, CancellationToken stop)
    {
        if (command.Transactions is not (null or "true"))
            return Problem.NotAllowed("transactions", command.Transactions, ["true"]);
        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        var none = command.Transactions is null;
        if (me.NoMails == none)
            return me;

        me.NoMails = none;
        me.Touch();
        db.Audit.Add(
            AuditLog.By(
                user,
                "account.mails_chosen",
                "user",
                user.Id.ToString(),
                clock.Instant(),
                new { transactions = !none }
            )
        );
        return await db.Save(me, stop);
    }

    /// <summary>The present choice.</summary>
    public async Task<View> Show(CancellationToken stop)
    {
        var noMails = await db.Users.Where(u => u.Id == user.Id).Select(u => u.NoMails).SingleAsync(stop);
        return new(Transactions: !noMails, user.Email);
    }

    private static async Task<IResult> Page(ChooseMails useCase, CancellationToken stop) =>
        MailsPage.Create(await useCase.Show(stop));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        ChooseMails useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(command ?? new(), stop)).Ok(out _, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["optout.saved"]);
        return http.SeeOther(AccountRoutes.Mails);
    }
}
