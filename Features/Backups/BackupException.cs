using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Backups;

/// <summary>Why a backup could not be made, verified or restored, in words that an operator can act on.</summary>
public sealed class BackupException(string key, params string[] args) : Exception(Words.For("en")[key, [.. args]])
{
    // These an operator can fix. They do not mean that the backup is damaged.
    private static readonly string[] OfTheOperator =
    [
        "backups.fault.key",
        "backups.fault.none",
        "backups.fault.passphrase",
        "backups.fault.no_passphrase",
        "backups.fault.program",
        "backups.fault.no_program",
        "backups.fault.unreachable",
    ];

    public BackupFault Fault => new(key, args);

    /// <summary>The backup itself is damaged.</summary>
    public bool IsDamage => !OfTheOperator.Contains(key);
}

/// <summary>
/// The first thing that is wrong, as a text key and its arguments: the page shows it in the reader's language.
/// </summary>
public sealed record BackupFault(string Key, IReadOnlyList<string> Args)
{
    public string In(Words words) => words[Key, [.. Args]];

    /// <summary>Something that an operator can fix: reported in one line, without a stack trace.</summary>
    public static bool IsForTheOperator(Exception failure) =>
        failure is BackupException or IOException or UnauthorizedAccessException or System.Data.Common.DbException;

    public static BackupFault Of(Exception failure) =>
        failure is BackupException known ? known.Fault : new("backups.fault.unexpected", [failure.Message]);
}
