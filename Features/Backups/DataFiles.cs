using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Backups;

/// <summary>
/// The files of DATA_DIR that belong to a backup: all but the database, the backups themselves, and the secret key,
/// which must not be kept with the data. Folders that come later are included without a change here.
/// </summary>
public static class DataFiles
{
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>Their paths below DATA_DIR, with slashes.</summary>
    public static IEnumerable<string> Of(AppSettings settings, string store)
    {
        if (!Directory.Exists(settings.DataDir))
            return [];
        string[] folders = [settings.Backups.Folder, store];
        return Directory
            .EnumerateFiles(settings.DataDir, "*", Everything)
            .Where(file =>
                !folders.Any(folder => file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            )
            .Select(file => Path.GetRelativePath(settings.DataDir, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(IsKept)
            .Order(StringComparer.Ordinal);
    }

    private static bool IsKept(string path) =>
        !path.StartsWith("mdc.db", StringComparison.Ordinal)
        && path != "secret.key"
        && !path.StartsWith(Unfinished, StringComparison.Ordinal)
        && !path.EndsWith(".tmp", StringComparison.Ordinal);

    /// <summary>How the folder of an unfinished restore begins.</summary>
    public const string Unfinished = "restoring-";
}
