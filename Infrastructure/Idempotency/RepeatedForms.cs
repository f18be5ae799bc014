using System.Security.Cryptography;
using System.Text;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Infrastructure.Idempotency;

/// <summary>
/// A form that was carried out, whose answer was lost, and that is sent again: it gets the first answer, which is the
/// page to go to and what to say there. The same for two that are sent at once, by a double click.
/// </summary>
/// <remarks>
/// The key of the form (<see cref="FormKeys"/>) is written in the same database transaction as what the form changes.
/// So there is a record exactly when something was changed, and of two at once the second one's changes are rolled
/// back. A form that was refused has left no record, and may be sent again with the same key.
/// </remarks>
public static class RepeatedForms
{
    // The first one is about to note its answer; where it died meanwhile, nobody waits for it.
    private const int Looks = 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    internal static async ValueTask<object?> DoOnce(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        // What a page sends by itself keeps drafts, and its form is sent later.
        if (http.Person() is not { } user || http.Request.IsHtmxPart())
            return await next(context);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (!form.ContainsKey(FormKeys.Field))
            return await next(context);
        if (FormKeys.KeyOf(form) is not { } key)
            return http.Problem(new Problem(ProblemKind.Malformed, "once.bad_key"));

        var attempt = new Attempt(http, user, key, await HashOf(http.Request, form, key, http.RequestAborted));
        if (await attempt.Find() is not { } known)
            return await attempt.Run(context, next);
        // What was read is too old by now, and the answer to that shows what is there beside what was typed.
        if (known.RequestHash != attempt.Hash && form.ContainsKey("version"))
            return await next(context);
        return await attempt.Repeat(known);
    }

    // The key itself is not stored: who reads the table could otherwise try passwords against the hash of a form.
    private static string NameOf(string key) => $"form:{Convert.ToHexStringLower(SHA256.HashData(Bytes(key)))}";

    private static async Task<string> HashOf(
        HttpRequest request,
        IFormCollection form,
        string key,
        CancellationToken stop
    )
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string part)
        {
            sha.AppendData(BitConverter.GetBytes(part.Length));
            sha.AppendData(Bytes(part));
        }

        Add(key);
        Add($"{request.Path}{request.QueryString}");
        foreach (var (name, values) in form.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            if (name is AntiforgeryTokens.Field or FormKeys.Field)
                continue;
            Add(name);
            foreach (var value in values)
                Add(value ?? "");
        }

        foreach (var file in form.Files)
        {
            Add(file.Name);
            Add(file.FileName);
            await using var content = file.OpenReadStream();
            sha.AppendData(await SHA256.HashDataAsync(content, stop));
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Attempt(HttpContext http, CurrentUser user, string key, string hash)
    {
        private readonly EngineDb _db = http.RequestServices.GetRequiredService<EngineDb>();
        private readonly DateTime _now = http.RequestServices.GetRequiredService<TimeProvider>().Instant();
        private readonly string _name = NameOf(key);
        private bool _isCommitted;

        public string Hash => hash;

        public Task<IdempotencyRecord?> Find()
        {
            var since = _now - Idempotency.KeptFor;
            return Rows.AsNoTracking().Where(r => r.CreatedAt >= since).SingleOrDefaultAsync(http.RequestAborted);
        }

        public async Task<object?> Run(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            object? result;
            _db.BeforeCommit = Mark;
            try
            {
                result = await next(context);
            }
            // Whatever it stumbled over may be what the other one, which was first, has changed.
            catch when (!_isCommitted)
            {
                _db.BeforeCommit = null;
                if (await Find() is { } other)
                    return await Repeat(other);
                throw;
            }
            finally
            {
                _db.BeforeCommit = null;
            }

            var page = PageAfter;
            var isDone = page is not null || result is RazorSlice { StatusCode: < StatusCodes.Status400BadRequest };
            if (!_isCommitted)
                return !isDone && await Find() is { } first ? await Repeat(first) : result;
            // A page that is the answer itself may show a secret, which is not kept.
            if (page is not null)
                await Keep(page);
            else if (!isDone)
                await Forget();
            return result;
        }

        /// <summary>What the first one was told.</summary>
        public async Task<object?> Repeat(IdempotencyRecord known)
        {
            if (known.RequestHash != hash)
                return await KeptForm.ShowRepeat(http);
            for (var look = 0; look < Looks && known.Location is null; look++)
            {
                await Task.Delay(LookEvery, http.RequestAborted);
                known = await Find() ?? known;
            }

            if (known.Location is not { } page)
            {
                http.Toast(Words.T["once.arrived"]);
                return http.SeeOther(KeptForm.PageOf(http));
            }

            if (known.Body is { } kept)
                http.Toast(Toast.Parse(Encoding.UTF8.GetString(Protector.Unprotect(kept))));
            return http.SeeOther(page);
        }

        private IQueryable<IdempotencyRecord> Rows =>
            _db.Set<IdempotencyRecord>().Where(r => r.UserId == user.Id && r.Key == _name);

        private IDataProtector Protector =>
            http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("RepeatedForms");

        // Where the answer leads after something was saved.
        private string? PageAfter
        {
            get
            {
                var headers = http.Response.Headers;
                if (headers.ContainsKey(Html.Unsaved))
                    return null;
                var page = $"{headers["HX-Redirect"]}{headers.Location}";
                return page.Length > 0 ? page : null;
            }
        }

        private async Task Mark(CancellationToken stop)
        {
            if (_isCommitted)
                return;
            var tooOld = _now - Idempotency.KeptFor;
            var marked = await _db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "IdempotencyKeys" ("UserId", "Key", "RequestHash", "Status", "CreatedAt")
                VALUES ({user.Id}, {_name}, {hash}, {IdempotencyRecord.Done}, {_now})
                ON CONFLICT ("UserId", "Key") DO UPDATE SET
                    "RequestHash" = {hash}, "Status" = {IdempotencyRecord.Done}, "CreatedAt" = {_now},
                    "Body" = NULL, "Location" = NULL, "ETag" = NULL
                WHERE "IdempotencyKeys"."CreatedAt" < {tooOld}
                """,
                stop
            );
            if (marked == 0)
                throw new ClaimLostException();
            _isCommitted = true;
        }

        private async Task Keep(string page)
        {
            var toast = http.LeftToast() is { } left ? Protector.Protect(Bytes(left.ToString())) : null;
            await using var write = await _db.BeginWrite(CancellationToken.None);
            await Rows.ExecuteUpdateAsync(set =>
                set.SetProperty(r => r.Status, StatusCodes.Status303SeeOther)
                    .SetProperty(r => r.Location, page)
                    .SetProperty(r => r.Body, toast)
            );
            await write.Commit(CancellationToken.None);
        }

        private async Task Forget()
        {
            await using var write = await _db.BeginWrite(CancellationToken.None);
            await Rows.ExecuteDeleteAsync();
            await write.Commit(CancellationToken.None);
        }
    }
}
