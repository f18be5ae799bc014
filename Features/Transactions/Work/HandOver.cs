using MdcTts.Features.Transactions.Showing;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Transactions.Work;

/// <summary>Saying who has the ball from today: us, the client or an authority.</summary>
public sealed class HandOver(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed class Command
    {
        /// <summary><c>us</c>, <c>client</c> or <c>authority</c>.</summary>
        public string? Holder { get; set; }

        /// <summary>The authority's name, or the person's with us.</summary>
        public string? HolderName { get; set; }
        public string? Version { get; set; }

        /// <summary><c>work</c>: go back there.</summary>
        public string? From { get; set; }
    }

    /// <summary>The body as the API takes it.</summary>
    public sealed record Body(string? Kind, string? Name = null);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{number}/holder", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/{number}/holder", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Say who has it from today")
            .WithExample("""{"kind":"authority","name":"Balady"}""");
    }

    public async Task<Result<Transaction>> Handle(string number, Command command, int? version, CancellationToken stop)
    {
        var found = await db.Transactions.WithFormFields().FindOne(number, user, version, stop);
        if (!found.Ok(out var transaction, out var problem))
            return problem;
        if (Keys.Find<HolderKind>(command.Holder ?? "") is not { } kind)
            return Problem.Invalid("holder", "error.not_in_list");
        var rule = FieldRules.HolderName(kind);
        var (name, flaw) = rule.Read(kind == HolderKind.Client ? null : command.HolderName);
        var errors = new FieldErrors();
        errors.AddFlaw("holderName", flaw, rule.MaxLength);
        if (errors.Any)
            return Problem.Invalid(errors);
        var fields = TransactionFields.Of(transaction) with
        {
            HolderKind = kind,
            HolderName = name,
            HolderSince = null,
        };
        if (transaction.Edit(fields, user, clock.Instant()) is not { } change)
            return transaction;
        db.Record(change);
        return await db.Save(transaction, stop);
    }

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        HandOver useCase,
        ShowTransaction show,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var version = int.TryParse(command.Version, out var v) ? v : (int?)null;
        var result = await useCase.Handle(number, command, version, stop);
        if (!result.Ok(out var saved, out var problem))
            return await show.ShowAgain(number, "holder", problem, http, stop);
        http.Toast(Words.T["holder.changed", Holder.Name(saved.HolderKind, saved.HolderName, assignee: null, user)]);
        return http.SeeOther(TransactionRoutes.AfterPost(command.From, number));
    }

    private static async Task<IResult> Json(
        string number,
        Body body,
        HandOver useCase,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    )
    {
        var command = new Command { Holder = body.Kind, HolderName = body.Name };
        return await answers.For(await useCase.Handle(number, command, http.IfMatch(), stop), http, stop);
    }
}
