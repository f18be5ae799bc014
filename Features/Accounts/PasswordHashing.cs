using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Hashes and verifies passwords with half of the processors, and on threads that leave them to pages when both want
/// them, so that pages come as fast however many people sign in. The others wait for their turn in a queue; whoever
/// finds it full is told to come back.
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

    /// <summary>
    /// How many may be at work, with their questions to the database: as many wait for the next hash as are hashed.
    /// Two hundred who come at once would otherwise ask all their questions at once.
    /// </summary>
    private static readonly int InsideMax = AtOnce * 2;

    // Linux has no priorities of threads for .NET, but each thread has its own niceness, from 0 to 19.
    private const int Niceness = 10;

    private readonly SemaphoreSlim _inside = new(InsideMax);
    private readonly BlockingCollection<Action> _queue = [];
    private int _taken;
    private int _started;

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

        public void Dispose()
        {
            _hashing._inside.Release();
            Interlocked.Decrement(ref _hashing._taken);
        }

        /// <summary>What is stored of a password.</summary>
        public Task<string> Hash(string password, CancellationToken stop) =>
            _hashing.InTurn(hasher => hasher.HashPassword(new User(), Composed(password)), stop);

        /// <summary>Compares what was typed with a stored hash.</summary>
        public Task<Verdict> Verify(string hash, string typed, CancellationToken stop) =>
            _hashing.InTurn(hasher => Compare(hasher, hash, typed), stop);
    }

    /// <summary>Waits for a place; before anything is read or written for the request.</summary>
    /// <exception cref="BusyException">The queue is full.</exception>
    public async Task<Place> TakePlace(CancellationToken stop)
    {
        try
        {
            if (Interlocked.Increment(ref _taken) > PlacesMax)
                throw new BusyException();
            await _inside.WaitAsync(stop);
            return new(this);
        }
        catch
        {
            Interlocked.Decrement(ref _taken);
            throw;
        }
    }

    /// <summary>What is stored of a password.</summary>
    /// <exception cref="BusyException">The queue is full.</exception>
    public async Task<string> Hash(string password, CancellationToken stop)
    {
        using var place = await TakePlace(stop);
        return await place.Hash(password, stop);
    }

    /// <summary>Nothing is hashed any more.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _inside.Dispose();
    }

    private async Task<T> InTurn<T>(Func<IPasswordHasher<User>, T> work, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
            for (var i = 0; i < AtOnce; i++)
                new Thread(Work) { IsBackground = true, Name = "passwords" }.Start();
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(Do, stop);
        return await done.Task.WaitAsync(stop);

        void Do()
        {
            if (stop.IsCancellationRequested)
                return;
            try
            {
                using var scope = scopes.CreateScope();
                done.SetResult(work(scope.ServiceProvider.GetRequiredService<IPasswordHasher<User>>()));
            }
            catch (Exception failed)
            {
                done.SetException(failed);
            }
        }
    }

    private void Work()
    {
        if (OperatingSystem.IsLinux())
            _ = SetNiceness(ofProcess: 0, thisThread: 0, Niceness);
        else
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        foreach (var work in _queue.GetConsumingEnumerable())
            work();
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNiceness(int ofProcess, uint thisThread, int niceness);

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
