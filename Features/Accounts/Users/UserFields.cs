using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>What an admin sends about a person, in a form or as JSON.</summary>
public class UserInput
{
    public string? FullName { get; set; }
    public string? Role { get; set; }
    public string? ClientId { get; set; }
    public string? Language { get; set; }
    public string? Department { get; set; }
    public string? Phone { get; set; }
}

/// <summary>The same, understood and checked.</summary>
public sealed record UserFields(
    string FullName,
    Role Role,
    int? ClientId,
    string? Language,
    string? Department,
    string? Phone
)
{
    /// <summary>Reads every field; what is wrong stands in <paramref name="errors"/>, and the value counts only when there is nothing.</summary>
    /// <param name="keptClientId">The organisation the person has already: it may be kept when it is no longer active.</param>
    /// <param name="mayComeIn">False for those who wait or were rejected: they need no organisation yet.</param>
    public static async Task<UserFields> Read(
        UserInput input,
        int? keptClientId,
        FieldErrors errors,
        AppDb db,
        CatalogueEntries catalogue,
        CancellationToken stop,
        bool mayComeIn = true
    )
    {
        var name = errors.Text("fullName", input.FullName, User.NameMaxLength, required: true);
        var role = errors.Key<Role>("role", input.Role);
        var clientId = role == Infrastructure.Security.Role.Client ? errors.Id("clientId", input.ClientId) : null;
        if (
            mayComeIn
            && role == Infrastructure.Security.Role.Client
            && clientId is null
            && errors.Of("clientId").Count == 0
        )
            errors.Add("clientId", "user.client_needed");
        if (
            clientId is not null
            && clientId != keptClientId
            && !await db.Clients.AnyAsync(c => c.Id == clientId && c.IsActive, stop)
        )
            errors.Add("clientId", "error.not_in_list");
        var language = string.IsNullOrEmpty(input.Language) ? null : input.Language;
        errors.AddIf(language is not null && !Words.Languages.Contains(language), "language", "error.not_in_list");
        var department = string.IsNullOrEmpty(input.Department) ? null : input.Department;
        errors.AddIf(
            department is not null && catalogue.Find(ListKind.Department, department) is null,
            "department",
            "error.not_in_list"
        );
        var phone = errors.Phone("phone", input.Phone);
        return new(name ?? "", role ?? default, clientId, language, department, phone);
    }

    /// <summary>Writes them onto the person.</summary>
    public void ApplyTo(User user) =>
        (user.FullName, user.Role, user.ClientId, user.Language, user.Department, user.PhoneNumber) = (
            FullName,
            Role,
            ClientId,
            Language,
            Department,
            Phone
        );

    /// <summary>The organisations that a form offers.</summary>
    public static async Task<IReadOnlyList<(string Value, string Name)>> ClientChoices(
        AppDb db,
        int? kept,
        CancellationToken stop
    ) =>
        [
            .. (
                await db
                    .Clients.Where(c => c.IsActive || c.Id == kept)
                    .OrderBy(c => c.NameEn ?? c.NameAr)
                    .Take(Field.ChoicesMax)
                    .Select(c => new
                    {
                        c.Id,
                        c.NameEn,
                        c.NameAr,
                    })
                    .ToListAsync(stop)
            ).Select(c => (c.Id.ToString(), Words.T.Pick(c.NameEn, c.NameAr))),
        ];
}
