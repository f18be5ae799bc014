using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Coravel.Invocable;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Backups.Making;

/// <summary>
/// Writes the settings of the firm to DATA_DIR/settings whenever they have changed, so that people can read them
/// without a database. Backups include these files.
/// </summary>
public sealed class ExportSettings(AppDb db, AppSettings settings, TimeProvider clock)
{
    public const string Schedule = "*/5 * * * *";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public async Task Handle(CancellationToken stop)
    {
        var rows = await db
            .Settings.AsNoTracking()
            .ToDictionaryAsync(s => s.Key, s => s.Value, StringComparer.Ordinal, stop);
        if (!rows.TryGetValue(Setting.Version, out var version))
            return;
        var folder = Directory.CreateDirectory(Path.Combine(settings.DataDir, "settings")).FullName;
        if (Directory.EnumerateFiles(folder, $"*-{version}.json").Any())
            return;

        var path = Path.Combine(folder, $"{clock.Instant():yyyyMMdd'T'HHmmss'Z'}-{version}.json");
        await File.WriteAllTextAsync(
            path + ".tmp",
            JsonSerializer.Serialize(FirmSettings.From(rows).Rows(), Json),
            stop
        );
        File.Move(path + ".tmp", path, overwrite: true);
    }
}

/// <summary>Runs the rule by the clock.</summary>
public sealed class ExportSettingsJob(ExportSettings useCase) : IInvocable
{
    public Task Invoke() => useCase.Handle(CancellationToken.None);
}
