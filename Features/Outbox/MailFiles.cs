using System.Globalization;
using MdcTts.Infrastructure.Configuration;
using MimeKit;

namespace MdcTts.Features.Outbox;

/// <summary>
/// Mails as files in <c>DATA_DIR/mail</c>, where there is no mail server. Their links work, so only the account that
/// runs the app may read them.
/// </summary>
public sealed class MailFiles(AppSettings settings)
{
    private readonly string _folder = Path.Combine(settings.DataDir, "mail");

    /// <summary>Writes a mail, whole or not at all, and replaces an earlier file of it.</summary>
    public async Task Write(long id, MimeMessage mail, CancellationToken stop)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder);
        else
            Directory.CreateDirectory(
                _folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );

        mail.Prepare(EncodingConstraint.EightBit);
        var unfinished = Path.Combine(_folder, $"{Guid.NewGuid():N}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new FileStream(unfinished, options))
            await mail.WriteToAsync(file, stop);
        File.Move(unfinished, PathOf(id), overwrite: true);
    }

    public bool Has(long id) => File.Exists(PathOf(id));

    /// <summary>The mail's bytes; null when this machine does not have it.</summary>
    public FileStream? Open(long id)
    {
        try
        {
            return new(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Also deletes what a killed process left unfinished.</summary>
    public int DeleteOlderThan(DateTime before)
    {
        if (!Directory.Exists(_folder))
            return 0;
        var old = Directory.EnumerateFiles(_folder).Where(f => File.GetLastWriteTimeUtc(f) < before).ToList();
        old.ForEach(File.Delete);
        return old.Count;
    }

    private string PathOf(long id) => Path.Combine(_folder, id.ToString(CultureInfo.InvariantCulture) + ".eml");
}
