using System.Globalization;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Audit.Anchors;

/// <summary>The anchors of this machine: one file a day in DATA_DIR, written once.</summary>
public sealed class AnchorFiles(AppSettings settings)
{
    private const string Format = "yyyy-MM-dd";

    private string Folder => Path.Combine(settings.DataDir, "anchors");

    public Anchor? Read(DateOnly day)
    {
        var path = PathOf(day);
        return File.Exists(path) ? Anchor.Read(File.ReadAllText(path)) : null;
    }

    /// <summary>The newest day that has one.</summary>
    public (DateOnly Day, Anchor Anchor)? Newest()
    {
        if (!Directory.Exists(Folder))
            return null;
        foreach (
            var name in Directory
                .EnumerateFiles(Folder, "*.json")
                .Select(Path.GetFileNameWithoutExtension)
                .OrderByDescending(n => n, StringComparer.Ordinal)
        )
        {
            if (
                DateOnly.TryParseExact(name, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                && Read(day) is { } anchor
            )
                return (day, anchor);
        }

        return null;
    }

    /// <summary>Keeps it, whole or not at all. A file that another process wrote meanwhile stays.</summary>
    public Anchor Keep(DateOnly day, Anchor anchor)
    {
        Directory.CreateDirectory(Folder);
        var unfinished = Path.Combine(Folder, Path.GetRandomFileName());
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(anchor.ToJson() + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, PathOf(day), overwrite: false);
        }
        catch (IOException) when (File.Exists(PathOf(day)))
        {
            File.Delete(unfinished);
        }

        return Read(day) ?? anchor;
    }

    private string PathOf(DateOnly day) =>
        Path.Combine(Folder, day.ToString(Format, CultureInfo.InvariantCulture) + ".json");
}
