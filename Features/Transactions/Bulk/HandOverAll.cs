using System.Globalization;
using MdcTts.Features.Accounts;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Bulk;

/// <summary>The open transactions of somebody who is suspended, which another may get.</summary>
public static class HandOverAll
{
    public static PersonWork Work { get; } =
        new(
            "openTransactions",
            "users.suspend.open_work",
            (db, person, stop) => Open(db, person).CountAsync(stop),
            async (request, from, to, reason, stop) =>
            {
                var db = request.GetRequiredService<AppDb>();
                var change = request.GetRequiredService<ChangeMany>();
                var numbers = await Open(db, from).OrderBy(t => t.Id).Select(t => t.Number).ToListAsync(stop);
                var handed = 0;
                foreach (var some in numbers.Chunk(ChangeMany.NumbersMax))
                {
                    var command = new ChangeMany.Command
                    {
                        Action = "assign",
                        Numbers = some,
                        Assignee = to.ToString(CultureInfo.InvariantCulture),
                        Reason = reason,
                    };
                    if ((await change.Handle(command, stop)).Ok(out var done, out _))
                        handed += done.Outcomes.Count(o => o.Problem is null);
                }

                return handed;
            }
        );

    private static IQueryable<Transaction> Open(AppDb db, int person) =>
        db.Transactions.Where(t => t.AssigneeId == person && t.DeletedAt == null).NotOver();
}
