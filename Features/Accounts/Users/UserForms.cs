using MdcTts.Features.Catalogue;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>Reads what is sent about a person, and shows it in a form.</summary>
public sealed class UserForms(AppDb db, CatalogueCache catalogues, CurrentSettings settings, TimeProvider clock)
{
    /// <summary>
    /// Reads every field. What is wrong stands in <paramref name="errors"/>; the answer counts only when nothing is.
    /// </summary>
    /// <param name="keptClientId">The person's present organisation, which they may keep when it is not active.</param>
    /// <param name="mayComeIn">False for those who wait or were rejected: they need no organisation yet.</param>
    public async Task<UserFields> Read(
        UserInput input,
        int? keptClientId,
        FieldErrors errors,
        CancellationToken stop,
        bool mayComeIn = true
    )
    {
        var catalogue = await catalogues.Get(stop);
        var name = errors.Name("fullName", input.FullName, User.NameMaxLength, required: true);
        var nameAr = errors.Name("nameAr", input.NameAr, User.NameMaxLength);
        var role = errors.Key<Role>("role", input.Role);
        var clientId = role == Role.Client ? errors.Id("clientId", input.ClientId) : null;
        if (mayComeIn && role == Role.Client && clientId is null && errors.Of("clientId").Count == 0)
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
        return new(name ?? "", nameAr, role ?? default, clientId, language, department, phone);
    }

    /// <summary>The form of somebody who has no account yet.</summary>
    public async Task<UserFormView> New(UserInput typed, FieldErrors? errors, CancellationToken stop) =>
        new(typed, errors, Existing: null, await ClientChoices(kept: null, stop), await catalogues.Get(stop));

    /// <summary>The form of a person there is.</summary>
    public async Task<UserFormView> Of(User user, UserInput typed, FieldErrors? errors, CancellationToken stop)
    {
        var now = clock.Instant();
        return new(typed, errors, user, await ClientChoices(user.ClientId, stop), await catalogues.Get(stop))
        {
            Email = user.Email,
            Status = Keys.Of(user.Status),
            Access = await UserAccess.Of(user, db, await settings.Get(stop), now, stop),
            Now = now,
        };
    }

    /// <summary>The organisations that a form offers.</summary>
    public async Task<IReadOnlyList<(string Value, string Name)>> ClientChoices(int? kept, CancellationToken stop) =>
        [
            .. (
                await db
                    .Clients.Where(c => c.IsActive || c.Id == kept)
                    // What is chosen is always among them.
                    .OrderByDescending(c => c.Id == kept)
                    .ThenBy(c => c.NameEn ?? c.NameAr)
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
