using System.Buffers.Binary;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.Net.Http.Headers;

namespace MdcTts.Features.Settings.Editing;

/// <summary>The firm's logo: a small PNG or JPEG, taken for what its bytes say and not for its name.</summary>
public sealed class ChangeLogo(SettingRows rows)
{
    public const int BytesMax = 64 * 1024;

    // Pixels.
    private const int SideMax = 2000;

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder open)
    {
        pages.MapPost("/logo", Submit).RequireAuthorization(Policies.Admin);
        pages.MapPost("/logo/removal", SubmitRemoval).RequireAuthorization(Policies.Admin);
        open.MapGet(Brand.Address, Show).AllowAnonymous();
    }

    /// <summary>Its content type; null when it is neither, or out of bounds.</summary>
    internal static string? TypeOf(ReadOnlySpan<byte> bytes) =>
        IsPng(bytes) ? "image/png"
        : IsJpeg(bytes) ? "image/jpeg"
        : null;

    private static bool IsPng(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 45
        && bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        && bytes[12..16].SequenceEqual("IHDR"u8)
        && bytes[^8..^4].SequenceEqual("IEND"u8)
        && BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]) is > 0 and <= SideMax
        && BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]) is > 0 and <= SideMax;

    private static bool IsJpeg(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 100
        && bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        && bytes.EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]);

    /// <summary>Keeps a new logo, or refuses what is none.</summary>
    public async Task<Result<FirmSettings>> Handle(byte[] bytes, CancellationToken stop)
    {
        if (bytes.Length > BytesMax)
            return Problem.Invalid("logo", "settings.logo_too_large");
        if (TypeOf(bytes) is not { } type)
            return Problem.Invalid("logo", "settings.logo_wrong");
        return await Save($"data:{type};base64,{Convert.ToBase64String(bytes)}", stop);
    }

    public Task<Result<FirmSettings>> Remove(CancellationToken stop) => Save(logo: null, stop);

    private Task<Result<FirmSettings>> Save(string? logo, CancellationToken stop) =>
        rows.Change(version: null, old => old with { Logo = logo }, stop);

    private static async Task<IResult> Submit(
        ChangeLogo useCase,
        EditSettings settings,
        HttpContext http,
        CancellationToken stop
    )
    {
        var file = (await http.Request.ReadFormAsync(stop)).Files.GetFile("logo");
        var bytes = new byte[Math.Min(file?.Length ?? 0, BytesMax + 1)];
        if (file is not null)
        {
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(bytes, stop);
        }

        var result = await useCase.Handle(bytes, stop);
        if (result.Problem?.Fields is { } errors)
            return SettingsPage
                .Create(await settings.Show(errors, stop))
                .Status(StatusCodes.Status422UnprocessableEntity);
        return Answer(result, http);
    }

    private static async Task<IResult> SubmitRemoval(ChangeLogo useCase, HttpContext http, CancellationToken stop) =>
        Answer(await useCase.Remove(stop), http);

    private static IResult Answer(Result<FirmSettings> result, HttpContext http)
    {
        if (!result.Ok(out _, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["settings.saved"]);
        return http.SeeOther(SettingRoutes.Root);
    }

    private static async Task<IResult> Show(CurrentSettings current, HttpContext http, CancellationToken stop)
    {
        if ((await current.Get(stop)).Logo is not { } logo)
            return http.HtmlProblem(Problem.NotFound("problem.status.404"));
        var comma = logo.IndexOf(',', StringComparison.Ordinal);
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(
            Convert.FromBase64String(logo[(comma + 1)..]),
            logo["data:".Length..logo.IndexOf(';', StringComparison.Ordinal)],
            entityTag: new EntityTagHeaderValue($"\"{Brand.Mark(logo)}\"")
        );
    }
}
