using MdcTts.Infrastructure.Results;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Database;

/// <summary>Saving where somebody else may have been faster.</summary>
public static class Saving
{
    /// <summary>Saves; a row that changed meanwhile is a conflict, not an exception.</summary>
    public static async Task<Result<T>> Save<T>(this EngineDb db, T value, CancellationToken stop)
    {
        try
        {
            await db.SaveChangesAsync(stop);
            return value;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Conflict("problem.changed_meanwhile");
        }
    }
}
