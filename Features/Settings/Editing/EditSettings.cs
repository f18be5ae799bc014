using System.Globalization;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Settings.Editing;

/// <summary>
/// An admin changes what the firm may choose. Each value has its bounds; all take effect with the next request, on
/// every replica.
/// </summary>
public sealed class EditSettings(SettingRows rows, CurrentSettings current)
{
    private const int NameMaxLength = 120;

    /// <summary>The numbers and how far each may go.</summary>
    internal static readonly IReadOnlyDictionary<string, (int Min, int Max)> Bounds = new Dictionary<
        string,
        (int, int)
    >(StringComparer.Ordinal)
    {
        ["registrationsPerHourMax"] = (1, 10_000),
        ["passwordMinLength"] = (FirmSettings.PasswordMinLengthMin, 64),
        ["passwordMaxDays"] = (0, 3650),
        ["lockAfterFailures"] = (0, 100),
        ["sessionIdleMinutes"] = (5, 1440),
        ["sessionMostHours"] = (1, 720),
        ["confirmMinutes"] = (1, 60),
        ["fileMegabytesMax"] = (1, 2000),
        ["filesPerTransactionMax"] = (1, 2000),
    };

    /// <summary>The fields in the page's order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "companyNameEn",
        "companyNameAr",
        "defaultLanguage",
        "registrationOpen",
        "registrationsPerHourMax",
        "trackByNumberAlone",
        "editorsSee",
        "passwordMinLength",
        "passwordMaxDays",
        "lockAfterFailures",
        "passwordNeedsKinds",
        "sessionIdleMinutes",
        "sessionMostHours",
        "confirmMinutes",
        "secondFactorForAdmins",
        "secondFactorForEditors",
        "secondFactorForClients",
        "readOnly",
    ];

    public sealed class Command
    {
        /// <summary>The state the form was made from.</summary>
        public string? Version { get; set; }

        /// <summary>The fields at that state, to tell later who changed what.</summary>
        public string? Original { get; set; }
        public string? CompanyNameEn { get; set; }
        public string? CompanyNameAr { get; set; }
        public string? DefaultLanguage { get; set; }
        public string? RegistrationOpen { get; set; }
        public string? RegistrationsPerHourMax { get; set; }
        public string? PasswordMinLength { get; set; }
        public string? PasswordNeedsKinds { get; set; }
        public string? PasswordMaxDays { get; set; }
        public string? LockAfterFailures { get; set; }
        public string? SessionIdleMinutes { get; set; }
        public string? SessionMostHours { get; set; }
        public string? ConfirmMinutes { get; set; }
        public string? SecondFactorForAdmins { get; set; }
        public string? SecondFactorForEditors { get; set; }
        public string? SecondFactorForClients { get; set; }
        public string? TrackByNumberAlone { get; set; }

        /// <summary>Null, as a form from before there was a choice sends it, changes nothing.</summary>
        public string? EditorsSee { get; set; }
        public string? ClientsSeeFiles { get; set; }

        /// <summary>Null changes nothing, as above.</summary>
        public string? FileMegabytesMax { get; set; }
        public string? FilesPerTransactionMax { get; set; }
        public string? UncleanFilesFor { get; set; }
        public string? ReadOnly { get; set; }

        public static Command Of(FirmSettings s, string version) =>
            new()
            {
                Version = version,
                CompanyNameEn = s.CompanyNameEn,
                CompanyNameAr = s.CompanyNameAr,
                DefaultLanguage = s.DefaultLanguage,
                RegistrationOpen = Flag(s.RegistrationOpen),
                RegistrationsPerHourMax = Number(s.RegistrationsPerHourMax),
                PasswordMinLength = Number(s.PasswordMinLength),
                PasswordNeedsKinds = Flag(s.PasswordNeedsKinds),
                PasswordMaxDays = Number(s.PasswordMaxDays),
                LockAfterFailures = Number(s.LockAfterFailures),
                SessionIdleMinutes = Number(s.SessionIdleMinutes),
                SessionMostHours = Number(s.SessionMaxHours),
                ConfirmMinutes = Number(s.ConfirmMinutes),
                SecondFactorForAdmins = Flag(s.SecondFactorForAdmins),
                SecondFactorForEditors = Flag(s.SecondFactorForEditors),
                SecondFactorForClients = Flag(s.SecondFactorForClients),
                TrackByNumberAlone = Flag(s.TrackByNumberAlone),
                EditorsSee = Keys.Of(s.EditorsSee),
                ClientsSeeFiles = Flag(s.ClientsSeeFiles),
                FileMegabytesMax = Number(s.FileMegabytesMax),
                FilesPerTransactionMax = Number(s.FilesPerTransactionMax),
                UncleanFilesFor = s.UncleanFilesFor is { } unclean ? Keys.Of(unclean) : "",
                ReadOnly = Flag(s.ReadOnly),
            };

        private static string? Flag(bool on) => on ? "true" : null;

        private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <param name="Logo">Whether there is one.</param>
    public sealed record View(Command Typed, FieldErrors? Errors, bool Logo);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Admin).RequiresProof().OpenReadOnly();
    }

    public async Task<Result<FirmSettings>> Handle(Command command, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var english = errors.Text("companyNameEn", command.CompanyNameEn, NameMaxLength);
        var arabic = errors.Text("companyNameAr", command.CompanyNameAr, NameMaxLength);
        var language = string.IsNullOrEmpty(command.DefaultLanguage) ? null : command.DefaultLanguage;
        errors.AddIf(
            language is not null && !Words.Languages.Contains(language),
            "defaultLanguage",
            "error.not_in_list"
        );
        var editorsSee = Keys.Find<EditorSight>(command.EditorsSee);
        errors.AddIf(editorsSee is null && command.EditorsSee is not null, "editorsSee", "error.not_in_list");
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        Number("registrationsPerHourMax", command.RegistrationsPerHourMax);
        Number("passwordMinLength", command.PasswordMinLength);
        Number("passwordMaxDays", command.PasswordMaxDays);
        Number("lockAfterFailures", command.LockAfterFailures);
        Number("sessionIdleMinutes", command.SessionIdleMinutes);
        Number("sessionMostHours", command.SessionMostHours);
        Number("confirmMinutes", command.ConfirmMinutes);
        if (command.FileMegabytesMax is not null)
            Number("fileMegabytesMax", command.FileMegabytesMax);
        if (command.FilesPerTransactionMax is not null)
            Number("filesPerTransactionMax", command.FilesPerTransactionMax);
        var unclean = Keys.Find<UncleanFiles>(command.UncleanFilesFor);
        errors.AddIf(
            unclean is null && !string.IsNullOrEmpty(command.UncleanFilesFor),
            "uncleanFilesFor",
            "error.not_in_list"
        );
        if (errors.Any)
            return Problem.Invalid(errors);

        return await rows.Change(
            command.Version,
            old =>
                old with
                {
                    CompanyNameEn = english,
                    CompanyNameAr = arabic,
                    DefaultLanguage = language,
                    RegistrationOpen = command.RegistrationOpen == "true",
                    RegistrationsPerHourMax = numbers["registrationsPerHourMax"],
                    PasswordMinLength = numbers["passwordMinLength"],
                    PasswordNeedsKinds = command.PasswordNeedsKinds == "true",
                    PasswordMaxDays = numbers["passwordMaxDays"],
                    LockAfterFailures = numbers["lockAfterFailures"],
                    SessionIdleMinutes = numbers["sessionIdleMinutes"],
                    SessionMaxHours = numbers["sessionMostHours"],
                    ConfirmMinutes = numbers["confirmMinutes"],
                    SecondFactorForAdmins = command.SecondFactorForAdmins == "true",
                    SecondFactorForEditors = command.SecondFactorForEditors == "true",
                    SecondFactorForClients = command.SecondFactorForClients == "true",
                    TrackByNumberAlone = command.TrackByNumberAlone == "true",
                    EditorsSee = editorsSee ?? old.EditorsSee,
                    ClientsSeeFiles = command.ClientsSeeFiles == "true",
                    FileMegabytesMax = numbers.GetValueOrDefault("fileMegabytesMax", old.FileMegabytesMax),
                    FilesPerTransactionMax = numbers.GetValueOrDefault(
                        "filesPerTransactionMax",
                        old.FilesPerTransactionMax
                    ),
                    UncleanFilesFor = command.UncleanFilesFor is null ? old.UncleanFilesFor : unclean,
                    ReadOnly = command.ReadOnly == "true",
                },
            stop
        );

        void Number(string field, string? sent)
        {
            var (min, max) = Bounds[field];
            var digits = Digits.ToWestern(sent ?? "").Trim();
            var isNumber = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (isNumber && number >= min && number <= max)
                numbers[field] = number;
            else
                errors.Add(field, "settings.between", min, max);
        }
    }

    /// <summary>The form with what is set, and what is wrong.</summary>
    public async Task<View> Show(FieldErrors? errors, CancellationToken stop)
    {
        var settings = await current.Get(stop);
        var kept = Command.Of(settings, await rows.Version(stop));
        kept.Original = FormMerge.Write(Values(kept));
        return new(kept, errors, settings.Logo is not null);
    }

    private static async Task<IResult> Form(EditSettings useCase, CancellationToken stop) =>
        SettingsPage.Create(await useCase.Show(errors: null, stop));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        EditSettings useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await useCase.Handle(command, stop)).Ok(out _, out var problem))
            return await useCase.ShowAgain(command, problem, http, stop);
        http.Toast(Words.T["settings.saved"]);
        return http.SeeOther(SettingRoutes.Root);
    }

    private async Task<IResult> ShowAgain(Command command, Problem problem, HttpContext http, CancellationToken stop)
    {
        if (problem.IsOvertaken)
            return FormMergePage.Create(await Merge(command, stop)).Status(StatusCodes.Status409Conflict);
        if (problem.Fields is null)
            return http.HtmlProblem(problem);
        var view = new View(command, problem.Fields, (await current.Get(stop)).Logo is not null);
        return SettingsPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
    }

    private async Task<FormMerge> Merge(Command command, CancellationToken stop)
    {
        var (present, version) = await rows.Present(stop);
        var merge = FormMerge.Of(
            Names,
            Values(command),
            FormMerge.Read(command.Original),
            Values(Command.Of(present, version))
        );
        return merge with
        {
            Version = version,
            Action = SettingRoutes.Root,
            Back = SettingRoutes.Root,
            What = Words.T["settings.title"],
            Crumbs = [(SettingRoutes.Root, Words.T["settings.title"])],
            Section = "settings",
            Label = field => Words.T["settings." + field],
            Show = Show,
            IsOpen = true,
        };
    }

    private static string Show(string field, string value) =>
        field switch
        {
            "editorsSee" => Words.T["settings.editorsSee." + value],
            "defaultLanguage" => value == "ar" ? "العربية" : "English",
            "companyNameEn" or "companyNameAr" => value,
            _ when Bounds.ContainsKey(field) => value,
            _ => Words.T[value == "true" ? "form.on" : "form.off"],
        };

    // The fields alone, without what says where they come from.
    private static Dictionary<string, string> Values(Command command)
    {
        var all = FormMerge.ValuesOf(command);
        return Names.ToDictionary(name => name, name => all[name], StringComparer.Ordinal);
    }
}
