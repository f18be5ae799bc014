using System.Globalization;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Settings;

/// <summary>
/// Who may have files that no scanner has found clean. Unless it is set: admins where there is a scanner, all staff
/// where there is none. What is infected nobody gets.
/// </summary>
public enum UncleanFiles
{
    Nobody,

    /// <summary>Who uploaded it, and admins.</summary>
    Uploader,

    /// <summary>All staff who see the transaction; the page says that it was not scanned.</summary>
    Staff,
}

/// <summary>
/// What an admin may set; each takes effect with the next request, on every replica. Times in minutes, hours or days as
/// the names say.
/// </summary>
public sealed record FirmSettings
{
    /// <summary>No setting allows shorter passwords than this.</summary>
    public const int PasswordMinLengthMin = 8;

    /// <summary>Null: the name that the texts give.</summary>
    public string? CompanyNameEn { get; init; }
    public string? CompanyNameAr { get; init; }

    /// <summary>A PNG or JPEG as <c>data:</c> text; null: the letters MDC.</summary>
    public string? Logo { get; init; }

    /// <summary><c>en</c> or <c>ar</c> for people whose browser asks for neither; null follows the browser.</summary>
    public string? DefaultLanguage { get; init; }

    /// <summary>People may register themselves.</summary>
    public bool RegistrationOpen { get; init; } = true;

    /// <summary>So many in an hour by the clock, over the whole system.</summary>
    public int RegistrationsPerHourMax { get; init; } = 100;
    public int PasswordMinLength { get; init; } = 12;

    /// <summary>The old habits, off: NIST SP 800-63B and OWASP ASVS 5.0 (6.2.5, 6.2.10) advise against them.</summary>
    public bool PasswordNeedsKinds { get; init; }

    /// <summary>0: passwords do not grow old.</summary>
    public int PasswordMaxDays { get; init; }

    /// <summary>0: no lock. Otherwise so many failures lock an account for 30 minutes, even for its owner.</summary>
    public int LockAfterFailures { get; init; }
    public int SessionIdleMinutes { get; init; } = 30;
    public int SessionMaxHours { get; init; } = 24;

    /// <summary>How long ago somebody may have proved who they are before they do something dangerous.</summary>
    public int ConfirmMinutes { get; init; } = 10;

    /// <summary>Roles that cannot work without a second factor.</summary>
    public bool SecondFactorForAdmins { get; init; }
    public bool SecondFactorForEditors { get; init; }
    public bool SecondFactorForClients { get; init; }

    /// <summary>What editors see of the firm's transactions.</summary>
    public EditorSight EditorsSee { get; init; }

    /// <summary>Clients see the files that staff marked for them.</summary>
    public bool ClientsSeeFiles { get; init; }

    /// <summary>The largest file that is taken in, in megabytes of 1,048,576 bytes.</summary>
    public int FileMegabytesMax { get; init; } = 200;

    /// <summary>So many files on one transaction.</summary>
    public int FilesPerTransactionMax { get; init; } = 200;

    /// <summary>Who may have a file that no scanner has found clean; null: see <see cref="UncleanFiles"/>.</summary>
    public UncleanFiles? UncleanFilesFor { get; init; }

    /// <summary>The tracking page asks for the transaction number only.</summary>
    public bool TrackByNumberAlone { get; init; }

    /// <summary>Reading goes on, writing is refused.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The firm's name in the reader's language.</summary>
    public string ShownName() =>
        Words.T.Pick(CompanyNameEn, CompanyNameAr) is { Length: > 0 } name ? name : Words.T["app.firm"];

    /// <summary>Whether a role must have a second factor.</summary>
    public bool NeedsSecondFactor(Role role) =>
        role switch
        {
            Role.Admin => SecondFactorForAdmins,
            Role.Editor => SecondFactorForEditors,
            _ => SecondFactorForClients,
        };

    /// <summary>The row of the logo.</summary>
    public const string LogoKey = "logo";

    /// <summary>The rows that say these settings, each under its key.</summary>
    public IReadOnlyDictionary<string, string> Rows()
    {
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["company_name_en"] = CompanyNameEn ?? "",
            ["company_name_ar"] = CompanyNameAr ?? "",
            [LogoKey] = Logo ?? "",
            ["default_language"] = DefaultLanguage ?? "",
            ["registration_open"] = Flag(RegistrationOpen),
            ["registrations_per_hour_max"] = Number(RegistrationsPerHourMax),
            ["password_min_length"] = Number(PasswordMinLength),
            ["password_needs_kinds"] = Flag(PasswordNeedsKinds),
            ["password_max_days"] = Number(PasswordMaxDays),
            ["lock_after_failures"] = Number(LockAfterFailures),
            ["session_idle_minutes"] = Number(SessionIdleMinutes),
            ["session_most_hours"] = Number(SessionMaxHours),
            ["confirm_minutes"] = Number(ConfirmMinutes),
            ["second_factor_admins"] = Flag(SecondFactorForAdmins),
            ["second_factor_editors"] = Flag(SecondFactorForEditors),
            ["second_factor_clients"] = Flag(SecondFactorForClients),
            ["editors_see"] = Keys.Of(EditorsSee),
            ["clients_see_files"] = Flag(ClientsSeeFiles),
            ["file_megabytes_max"] = Number(FileMegabytesMax),
            ["files_per_transaction_max"] = Number(FilesPerTransactionMax),
            ["unclean_files_for"] = UncleanFilesFor is { } unclean ? Keys.Of(unclean) : "",
            ["track_by_number_alone"] = Flag(TrackByNumberAlone),
            ["read_only"] = Flag(ReadOnly),
        };

        static string Flag(bool on) => on ? "true" : "false";
        static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The settings that rows say; a value that cannot be read is its default.</summary>
    public static FirmSettings From(IReadOnlyDictionary<string, string> rows)
    {
        var defaults = new FirmSettings();
        return new()
        {
            CompanyNameEn = Text("company_name_en"),
            CompanyNameAr = Text("company_name_ar"),
            Logo = Text("logo"),
            DefaultLanguage = Text("default_language"),
            RegistrationOpen = Flag("registration_open", defaults.RegistrationOpen),
            RegistrationsPerHourMax = Number("registrations_per_hour_max", defaults.RegistrationsPerHourMax),
            PasswordMinLength = Number("password_min_length", defaults.PasswordMinLength),
            PasswordNeedsKinds = Flag("password_needs_kinds", defaults.PasswordNeedsKinds),
            PasswordMaxDays = Number("password_max_days", defaults.PasswordMaxDays),
            LockAfterFailures = Number("lock_after_failures", defaults.LockAfterFailures),
            SessionIdleMinutes = Number("session_idle_minutes", defaults.SessionIdleMinutes),
            SessionMaxHours = Number("session_most_hours", defaults.SessionMaxHours),
            ConfirmMinutes = Number("confirm_minutes", defaults.ConfirmMinutes),
            SecondFactorForAdmins = Flag("second_factor_admins", defaults.SecondFactorForAdmins),
            SecondFactorForEditors = Flag("second_factor_editors", defaults.SecondFactorForEditors),
            SecondFactorForClients = Flag("second_factor_clients", defaults.SecondFactorForClients),
            EditorsSee = Keys.Find<EditorSight>(Text("editors_see")) ?? defaults.EditorsSee,
            ClientsSeeFiles = Flag("clients_see_files", defaults.ClientsSeeFiles),
            FileMegabytesMax = Number("file_megabytes_max", defaults.FileMegabytesMax),
            FilesPerTransactionMax = Number("files_per_transaction_max", defaults.FilesPerTransactionMax),
            UncleanFilesFor = Keys.Find<UncleanFiles>(Text("unclean_files_for")),
            TrackByNumberAlone = Flag("track_by_number_alone", defaults.TrackByNumberAlone),
            ReadOnly = Flag("read_only", defaults.ReadOnly),
        };

        string? Text(string key) => rows.TryGetValue(key, out var text) && text.Length > 0 ? text : null;
        int Number(string key, int otherwise) =>
            int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : otherwise;
        bool Flag(string key, bool otherwise) =>
            Text(key) switch
            {
                "true" => true,
                "false" => false,
                _ => otherwise,
            };
    }
}

/// <summary>
/// The settings of this request: those that the process remembers, as long as the version in the database is the same.
/// </summary>
public sealed class CurrentSettings(AppDb db, CurrentSettings.Store store)
{
    private string? _version;

    /// <summary>What all requests of this process share.</summary>
    public sealed class Store
    {
        internal (string Version, FirmSettings Settings)? Held { get; set; }
    }

    /// <summary>The look-up of the user has read the version already. Empty when nothing was ever set.</summary>
    public void RememberVersion(string version) => _version ??= version;

    /// <summary>The settings as they are now.</summary>
    public async ValueTask<FirmSettings> Get(CancellationToken stop)
    {
        _version ??=
            await db.Settings.Where(s => s.Key == Setting.Version).Select(s => s.Value).FirstOrDefaultAsync(stop) ?? "";
        if (store.Held is { } held && held.Version == _version)
            return held.Settings;
        var rows = await db
            .Settings.AsNoTracking()
            .ToDictionaryAsync(s => s.Key, s => s.Value, StringComparer.Ordinal, stop);
        var settings = FirmSettings.From(rows);
        // Under the version that was read with them, which may be newer than the one asked for.
        store.Held = (rows.GetValueOrDefault(Setting.Version, ""), settings);
        return settings;
    }
}
