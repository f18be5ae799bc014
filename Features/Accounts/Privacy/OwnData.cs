using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Accounts.Privacy;

/// <summary>
/// All that is kept about the person who asks, as a file: what each feature has registered as <see
/// cref="PersonalData"/>.
/// </summary>
public sealed class OwnData(
    AppDb db,
    CurrentUser user,
    IEnumerable<PersonalData> kept,
    TimeProvider clock,
    IServiceProvider request
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static void Map(RouteGroupBuilder account) =>
        account.MapGet("/data", Send).RequireAuthorization(Policies.SignedIn).RequiresProof().Limited(RateLimits.Bulk);

    public async Task<object> Handle(CancellationToken stop)
    {
        var file = new OrderedDictionary<string, object> { { "madeAt", clock.Instant() } };
        foreach (var data in kept.OrderBy(d => d.Order))
            if (data.Export is { } export)
                file.Add(data.Name, await export(user.Id, request, stop));
        return file;
    }

    private async Task<byte[]> Download(CancellationToken stop)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(await Handle(stop), Json);
        db.Audit.Add(AuditLog.By(user, "account.data_downloaded", "user", user.Id.ToString(), clock.Instant()));
        await db.SaveChangesAsync(stop);
        return bytes;
    }

    private static async Task<IResult> Send(OwnData useCase, CurrentUser user, CancellationToken stop) =>
        TypedResults.Bytes(
            await useCase.Download(stop),
            "application/json; charset=utf-8",
            $"mdc-account-{user.Id}.json"
        );
}
