using System.Runtime.CompilerServices;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Exports;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>The people of the filtered list as a file; the audit log learns how many left the house.</summary>
public sealed class ExportUsers(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    private static readonly string[] Formats = ["xlsx", "csv"];

    public sealed record Row(
        string FullName,
        string? NameAr,
        string Email,
        string? Phone,
        Role Role,
        UserStatus Status,
        string? ClientEn,
        string? ClientAr,
        string? Company,
        string? Department,
        DateTime CreatedAt,
        DateTime? LastSignInAt
    );

    public static void Map(RouteGroupBuilder pages) =>
        pages
            .MapGet("/export", Send)
            .RequireAuthorization(Policies.Admin)
            .RequiresProof()
            .Limited(RateLimits.Bulk)
            .TakesLong();

    private static async Task<IResult> Send(
        [AsParameters] ListUsers.Query query,
        string? format,
        ExportUsers useCase,
        TimeProvider clock,
        ILogger<ExportUsers> log,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!Formats.Contains(format))
            return http.Problem(Problem.NotAllowed("format", format ?? "", Formats));
        if (!ListUsers.Filter.From(query).Ok(out var filter, out var problem))
            return http.Problem(problem);
        return new Download(
            Words.T["users.file"],
            clock.Today(),
            format!,
            to => Write(useCase.Handle(format!, filter, stop), format!, to, stop),
            log
        );
    }

    private static Task Write(IAsyncEnumerable<Row> rows, string format, HttpContext http, CancellationToken stop) =>
        format == "csv"
            ? CsvExport.Write(http.Response.Body, Columns(), rows, stop)
            : XlsxExport.Write(http.Response.Body, Words.T["users.title"], Words.T.IsArabic, Columns(), rows, stop);

    /// <summary>The entry is there before the first row leaves: people are few, and are read in one go.</summary>
    public async IAsyncEnumerable<Row> Handle(
        string format,
        ListUsers.Filter filter,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        var catalogue = await catalogues.Get(stop);
        var people = await ListUsers
            .Matching(ListUsers.Present(db), filter)
            .ByName()
            .Select(u => new Row(
                u.FullName,
                u.NameAr,
                u.Email!,
                u.PhoneNumber,
                u.Role,
                u.Status,
                u.Client!.NameEn,
                u.Client.NameAr,
                u.Company,
                catalogue.NameOf(ListKind.Department, u.Department),
                u.CreatedAt,
                u.LastSignInAt
            ))
            .ToListAsync(stop);
        // What was searched for may be somebody's name.
        db.Audit.Add(
            AuditLog.By(
                user,
                "users.exported",
                "user",
                "list",
                clock.Instant(),
                new { format, rows = people.Count },
                new { filter = filter.Address }
            )
        );
        await db.SaveChangesAsync(stop);
        foreach (var person in people)
            yield return person;
    }

    private static List<ExportColumn<Row>> Columns()
    {
        var words = Words.T;
        ExportColumn<Row> Text(string key, int width, Func<Row, string?> text) =>
            new(words[key], width, row => new(Text: text(row)));
        return
        [
            Text("user.fullName", 28, r => r.FullName),
            Text("user.nameAr", 28, r => r.NameAr),
            Text("user.email", 32, r => r.Email),
            Text("user.phone", 18, r => r.Phone),
            Text("user.role", 14, r => words["role." + Keys.Of(r.Role)]),
            Text("user.status", 12, r => words["user.status." + Keys.Of(r.Status)]),
            Text("user.clientId", 30, r => words.Pick(r.ClientEn, r.ClientAr)),
            Text("user.company", 30, r => r.Company),
            Text("user.department", 18, r => r.Department),
            new(words["approvals.registered"], 17, r => new(RiyadhTime: Clock.RiyadhTime(r.CreatedAt))),
            new(
                words["user.lastSignInAt"],
                17,
                r => new(RiyadhTime: r.LastSignInAt is { } at ? Clock.RiyadhTime(at) : null)
            ),
        ];
    }
}
