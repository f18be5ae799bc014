using System.Buffers.Binary;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.Net.Http.Headers;

namespace MdcTts.Features.Settings.Editing;

/// <summary>The firm's logo: a small PNG or JPEG, taken for what its bytes say and not for its name.</summary>
public static class ChangeLogo
{
    public const int BytesMost = 64 * 1024;
    private const int SideMost = 2000;

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder open)
    {
        pages.MapPost("/logo", Submit).RequireAuthorization(Policies.Admin);
        pages.MapPost("/logo/removal", Remove).RequireAuthorization(Policies.Admin);
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
        && BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]) is > 0 and <= SideMost
        && BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]) is > 0 and <= SideMost;

    private static bool IsJpeg(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 100
        && bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        && bytes.EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]);

    private static async Task<IResult> Submit(
        HttpContext http,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        CurrentSettings current,
        CancellationToken stop
    )
    {
        var file = (await http.Request.ReadFormAsync(stop)).Files.GetFile("logo");
        var bytes = new byte[Math.Min(file?.Length ?? 0, BytesMost + 1)];
        if (file is not null)
        {
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(bytes, stop);
        }

        var type = bytes.Length <= BytesMost ? TypeOf(bytes) : null;
        if (type is null)
        {
            var settings = await current.Get(stop);
            var errors = new FieldErrors().Add(
                "logo",
                bytes.Length > BytesMost ? "settings.logo_too_large" : "settings.logo_wrong"
            );
            return SettingsPage
                .Create(
                    new(
                        EditSettings.Command.Of(settings, await SettingRows.Version(db, stop)),
                        errors,
                        settings.Logo is not null
                    )
                )
                .Status(StatusCodes.Status422UnprocessableEntity);
        }

        return await Save($"data:{type};base64,{Convert.ToBase64String(bytes)}", http, db, by, clock, stop);
    }

    private static Task<IResult> Remove(
        HttpContext http,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        CancellationToken stop
    ) => Save(null, http, db, by, clock, stop);

    private static async Task<IResult> Save(
        string? logo,
        HttpContext http,
        AppDb db,
        CurrentUser by,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        if (
            !(await SettingRows.Change(db, null, by, clock, old => old with { Logo = logo }, stop)).Ok(
                out _,
                out var problem
            )
        )
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
