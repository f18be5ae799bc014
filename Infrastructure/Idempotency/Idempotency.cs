using System.Security.Cryptography;
using System.Text;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Idempotency;

/// <summary>
/// <c>POST</c> under <c>/api</c> with an <c>Idempotency-Key</c>: the same key and body gets the first answer again for
/// 24 hours, another body 422, one still running 409.
/// </summary>
/// <remarks>
/// The key is marked in the same database transaction as what the request writes, so a process that dies between its
/// commit and its answer does not make the next attempt do it twice:
/// that one is told 409 <c>idempotency-answer-lost</c>. An answer of 5xx without a commit is not kept, so that the same
/// key may try again. A record whose request died before any commit is
/// given up after half a minute; should that request only have been frozen, its mark finds the key taken over, and it
/// writes nothing.
/// </remarks>
public static class Idempotency
{
    /// <summary>Longest that an answer is kept.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(30);
    private const int AnswerMaxBytes = 1_000_000;

    /// <summary>Kept answers hold what their callers were shown.</summary>
    public static void AddIdempotency(this IServiceCollection services)
    {
        services.AddSingleton<DoOnce>(RepeatedForms.DoOnce);
        services.AddScheduled<PurgeAnswers>(PurgeAnswers.Schedule);
        services.AddPersonalData(
            PersonalData.Deleted(
                "answers",
                (EngineDb db, int id) => db.Set<IdempotencyRecord>().Where(k => k.UserId == id)
            )
        );
    }

    /// <summary>After authorization: keys belong to callers.</summary>
    public static IApplicationBuilder UseIdempotency(this IApplicationBuilder app) =>
        app.Use(
            async (http, next) =>
            {
                var key = http.Request.Headers["Idempotency-Key"].ToString();
                if (
                    key.Length == 0
                    || !HttpMethods.IsPost(http.Request.Method)
                    || !http.IsApi()
                    || http.Person() is not { } user
                )
                {
                    await next(http);
                    return;
                }

                if (key.Length > IdempotencyRecord.KeyMaxLength || PlainText.HasForbidden(key))
                {
                    await ProblemResults.WriteJson(
                        http,
                        StatusCodes.Status400BadRequest,
                        "idempotency.bad_key",
                        [IdempotencyRecord.KeyMaxLength]
                    );
                    return;
                }

                await Answer(http, next, key, user);
            }
        );

    private static async Task Answer(HttpContext http, RequestDelegate next, string key, CurrentUser user)
    {
        var (stop, now) = (http.RequestAborted, http.RequestServices.GetRequiredService<TimeProvider>().Instant());
        var db = http.RequestServices.GetRequiredService<EngineDb>();
        var hash = await HashOf(http.Request, stop);
        if (!await Claim(db, user, key, hash, now, stop))
        {
            var known = await db.Set<IdempotencyRecord>()
                .AsNoTracking()
                .SingleOrDefaultAsync(r => r.UserId == user.Id && r.Key == key, stop);
            await (
                known switch
                {
                    not null when known.RequestHash != hash => ProblemResults.WriteJson(
                        http,
                        StatusCodes.Status422UnprocessableEntity,
                        "idempotency.other_body",
                        []
                    ),
                    { Status: IdempotencyRecord.Done } => ProblemResults.WriteJson(
                        http,
                        StatusCodes.Status409Conflict,
                        now - known.CreatedAt < GivenUpAfter ? "idempotency.running" : "idempotency.answer_lost",
                        []
                    ),
                    { Status: { } status } => await IsWithinReach(http, known)
                        ? Replay(http, known, status)
                        : ProblemResults.WriteJson(http, StatusCodes.Status404NotFound, "problem.not_found", []),
                    _ => ProblemResults.WriteJson(http, StatusCodes.Status409Conflict, "idempotency.running", []),
                }
            );
            return;
        }

        var answered = http.Response.Body;
        using var copy = new MemoryStream();
        http.Response.Body = copy;
        db.BeforeCommit = cancel => Mark(db, user, key, now, cancel);
        try
        {
            await next(http);
        }
        catch (ClaimLostException)
        {
            http.Response.Body = answered;
            await ProblemResults.WriteJson(http, StatusCodes.Status409Conflict, "idempotency.running", []);
            return;
        }
        catch
        {
            db.BeforeCommit = null;
            await Forget(db, user, key, now);
            throw;
        }
        finally
        {
            db.BeforeCommit = null;
            http.Response.Body = answered;
        }

        if (http.Response.StatusCode >= 500 || copy.Length > AnswerMaxBytes)
            await Forget(db, user, key, now);
        else
            await Keep(db, user, key, now, http.Response, copy.ToArray());
        copy.Position = 0;
        await copy.CopyToAsync(answered, stop);
    }

    /// <summary>True when the key is ours now: new, older than a day, or given up.</summary>
    private static async Task<bool> Claim(
        EngineDb db,
        CurrentUser user,
        string key,
        string hash,
        DateTime now,
        CancellationToken stop
    )
    {
        var (tooOld, dead) = (now - KeptFor, now - GivenUpAfter);
        await using var write = await db.BeginWrite(stop);
        var claimed = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "IdempotencyKeys" ("UserId", "Key", "RequestHash", "CreatedAt")
            VALUES ({user.Id}, {key}, {hash}, {now})
            ON CONFLICT ("UserId", "Key") DO UPDATE SET
                "RequestHash" = {hash}, "CreatedAt" = {now},
                "Status" = NULL, "Body" = NULL, "Location" = NULL, "ETag" = NULL
            WHERE "IdempotencyKeys"."CreatedAt" < {tooOld}
                OR ("IdempotencyKeys"."Status" IS NULL AND "IdempotencyKeys"."CreatedAt" < {dead})
            """,
            stop
        );
        await write.Commit(stop);
        return claimed == 1;
    }

    /// <summary>
    /// In the transaction of what the request writes: that becomes permanent only while the key is still ours.
    /// </summary>
    private static async Task Mark(EngineDb db, CurrentUser user, string key, DateTime claimed, CancellationToken stop)
    {
        if (
            await Ours(db, user, key, claimed)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.Status, IdempotencyRecord.Done), stop) == 0
        )
            throw new ClaimLostException();
    }

    private static async Task Keep(
        EngineDb db,
        CurrentUser user,
        string key,
        DateTime claimed,
        HttpResponse response,
        byte[] body
    )
    {
        var (location, etag) = (response.Headers.Location.ToString(), response.Headers.ETag.ToString());
        var kept = Protector(response.HttpContext).Protect(body);
        await using var write = await db.BeginWrite(CancellationToken.None);
        await Ours(db, user, key, claimed)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(r => r.Status, response.StatusCode)
                    .SetProperty(r => r.ContentType, response.ContentType)
                    .SetProperty(r => r.Location, location)
                    .SetProperty(r => r.ETag, etag)
                    .SetProperty(r => r.Body, kept)
            );
        await write.Commit(CancellationToken.None);
    }

    /// <summary>
    /// Whoever failed before a commit may try again. A commit whose answer did not reach us has left its mark, and that
    /// stays.
    /// </summary>
    private static async Task Forget(EngineDb db, CurrentUser user, string key, DateTime claimed)
    {
        await using var write = await db.BeginWrite(CancellationToken.None);
        await Ours(db, user, key, claimed).Where(r => r.Status == null).ExecuteDeleteAsync();
        await write.Commit(CancellationToken.None);
    }

    private static IQueryable<IdempotencyRecord> Ours(EngineDb db, CurrentUser user, string key, DateTime claimed) =>
        db.Set<IdempotencyRecord>()
            .Where(r =>
                r.UserId == user.Id
                && r.Key == key
                && r.CreatedAt == claimed
                && (r.Status == null || r.Status == IdempotencyRecord.Done)
            );

    // What was shown once need not be theirs to see any more.
    private static async Task<bool> IsWithinReach(HttpContext http, IdempotencyRecord known)
    {
        // Nothing in it: somebody who hands a transaction over may hear again that it is done.
        if (known.Status == StatusCodes.Status204NoContent)
            return true;
        string[] paths = [http.Request.Path.Value ?? "", known.Location ?? ""];
        foreach (var find in http.RequestServices.GetServices<IsWithinReach>())
        foreach (var path in paths)
            if (!await find(path, http.RequestServices, http.RequestAborted))
                return false;
        return true;
    }

    private static async Task Replay(HttpContext http, IdempotencyRecord known, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = known.ContentType;
        if (!string.IsNullOrEmpty(known.Location))
            http.Response.Headers.Location = known.Location;
        if (!string.IsNullOrEmpty(known.ETag))
            http.Response.Headers.ETag = known.ETag;
        http.Response.Headers["Idempotency-Replayed"] = "true";
        await http.Response.Body.WriteAsync(
            known.Body is null ? [] : Protector(http).Unprotect(known.Body),
            http.RequestAborted
        );
    }

    // An answer may hold a secret that is shown once, such as a token: it is not kept in the clear.
    private static IDataProtector Protector(HttpContext http) =>
        http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("Idempotency");

    private static async Task<string> HashOf(HttpRequest request, CancellationToken stop)
    {
        request.EnableBuffering();
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        var buffer = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, stop)) > 0; )
            sha.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}

/// <summary>
/// Whether the person of a request may still see what stands at an address of the API; true for addresses of others.
/// Features register it: a kept answer is given again only where this holds.
/// </summary>
public delegate Task<bool> IsWithinReach(string path, IServiceProvider services, CancellationToken stop);

/// <summary>Another attempt has the key; what this one wrote is rolled back.</summary>
internal sealed class ClaimLostException : Exception;
