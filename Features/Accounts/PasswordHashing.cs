using System.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Hashes and verifies passwords with half of the processors, so that the other half serves pages however many people
/// sign in. The others wait for their turn in a queue; whoever finds it full is told to come back.
/// </summary>
/// <remarks>
/// PBKDF2 with HMAC-SHA-512 (OWASP asks for 210,000 rounds) over the password in NFC, because two keyboards write the
/// same letter with different code points.
/// </remarks>
public sealed class PasswordHashing(IServiceScopeFactory scopes) : IDisposable
{
    public const int Rounds = 220_000;

    /// <summary>How many may wait: half a minute's work on a small machine.</summary>
    public const int PlacesMax = 200;

    /// <summary>How many passwords are hashed at a time.</summary>
    public static readonly int AtOnce = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim _turns = new(AtOnce);
    private int _taken;

    /// <summary>Whether a password is right; an old hash should be replaced by one of today.</summary>
    public enum Verdict
    {
        Wrong,
        Right,
        RightButOld,
    }

    /// <summary>A place in the queue, for one password or several after each other. Dispose gives it back.</summary>
    public sealed class Place : IDisposable
    {
        private readonly PasswordHashing _hashing;

        internal Place(PasswordHashing hashing) => _hashing = hashing;

        public void Dispose() => Interlocked.Decrement(ref _hashing._taken);

        /// <summary>What is stored of a password.</summary>
        public Task<string> Hash(string password, CancellationToken stop) =>
            _hashing.InTurn(hasher => hasher.HashPassword(new User(), Composed(password)), stop);

        /// <summary>Compares what was typed with a stored hash.</summary>
        public Task<Verdict> Verify(string hash, string typed, CancellationToken stop) =>
            _hashing.InTurn(hasher => Compare(hasher, hash, typed), stop);
    }

    /// <summary>Takes a place; before anything is written for the request.</summary>
    /// <exception cref="BusyException">The queue is full.</exception>
    public Place TakePlace()
    {
        if (Interlocked.Increment(ref _taken) <= PlacesMax)
            return new(this);
        Interlocked.Decrement(ref _taken);
        throw new BusyException();
    }

    /// <summary>What is stored of a password.</summary>
    /// <exception cref="BusyException">The queue is full.</exception>
    public async Task<string> Hash(string password, CancellationToken stop)
    {
        using var place = TakePlace();
        return await place.Hash(password, stop);
    }

    public void Dispose() => _turns.Dispose();

    private async Task<T> InTurn<T>(Func<IPasswordHasher<User>, T> work, CancellationToken stop)
    {
        await _turns.WaitAsync(stop);
        try
        {
            using var scope = scopes.CreateScope();
            var hasher = scope.ServiceProvider.GetRequiredService<IPasswordHasher<User>>();
            return await Task.Run(() => work(hasher), stop);
        }
        finally
        {
            _turns.Release();
        }
    }

    private static Verdict Compare(IPasswordHasher<User> hasher, string hash, string typed)
    {
        var verdict = hasher.VerifyHashedPassword(new User(), hash, Composed(typed));
        if (verdict != PasswordVerificationResult.Failed)
            return verdict == PasswordVerificationResult.Success ? Verdict.Right : Verdict.RightButOld;
        // Hashed as typed, before passwords were composed.
        return
            Composed(typed) != typed
            && hasher.VerifyHashedPassword(new User(), hash, typed) != PasswordVerificationResult.Failed
            ? Verdict.RightButOld
            : Verdict.Wrong;
    }

    /// <summary>
    /// The password in NFC, as it is hashed. Half a surrogate cannot be composed, and is in no password.
    /// </summary>
    internal static string Composed(string typed)
    {
        try
        {
            return typed.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return typed;
        }
    }
}
