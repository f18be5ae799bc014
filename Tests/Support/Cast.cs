using MdcTts.Features;
using MdcTts.Features.Accounts;
using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Security;
using Microsoft.AspNetCore.Identity;

namespace MdcTts.Support;

/// <summary>Somebody who appears in the tests. The same id in every database, because all are copies of one.</summary>
/// <param name="Id">User id.</param>
/// <param name="Name">Full name.</param>
/// <param name="Email">E-mail address; the password is <see cref="Cast.Password"/>.</param>
/// <param name="Role">Role.</param>
/// <param name="ClientId">The organisation of a client's person.</param>
public sealed record Person(int Id, string Name, string Email, Role Role, int? ClientId = null)
{
    /// <summary>The person as use cases know them.</summary>
    public CurrentUser Acting() => new(Id, Name, Email, Role, ClientId, Language: null);

    public override string ToString() => Name;
}

/// <summary>An organisation that appears in the tests.</summary>
public sealed record Organisation(int Id, string NameEn, string NameAr);

/// <summary>The small cast of the tests: <c>using static MdcTts.Support.Cast;</c></summary>
public static class Cast
{
    public const string Password = "correct-horse-battery";

    /// <summary>When every test begins: 12:30 in Riyadh on a Sunday.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 30, 0, TimeSpan.Zero);

    public static readonly Organisation Municipality = new(1, "Riyadh Region Municipality", "أمانة منطقة الرياض");
    public static readonly Organisation Hospital = new(2, "King Faisal Hospital", "مستشفى الملك فيصل");

    public static readonly Person Nasser = new(1, "Nasser Alqahtani", "nasser.alqahtani@mdc.example", Role.Admin);
    public static readonly Person Sara = new(2, "Sara Alharbi", "sara.alharbi@mdc.example", Role.Editor);
    public static readonly Person Omar = new(3, "Omar Alotaibi", "omar.alotaibi@mdc.example", Role.Editor);
    public static readonly Person Lina = new(4, "Lina Alghamdi", "lina.alghamdi@mdc.example", Role.Editor);
    public static readonly Person Fahad = new(5, "Fahad Almutairi", "fahad.almutairi@mdc.example", Role.Editor);

    /// <summary>Of the municipality.</summary>
    public static readonly Person Huda = new(6, "Huda Alshehri", "huda@rrm.example", Role.Client, Municipality.Id);

    /// <summary>Of the hospital.</summary>
    public static readonly Person Khalid = new(7, "Khalid Aldosari", "khalid@kfh.example", Role.Client, Hospital.Id);

    public static readonly IReadOnlyList<Person> Everybody = [Nasser, Sara, Omar, Lina, Fahad, Huda, Khalid];

    /// <summary>Puts them into the database that all others are copies of.</summary>
    internal static async Task AddTo(AppDb db)
    {
        foreach (var o in new[] { Municipality, Hospital })
            await Add(
                db,
                new Client
                {
                    NameEn = o.NameEn,
                    NameAr = o.NameAr,
                    CreatedAt = Start.UtcDateTime,
                },
                c => c.Id,
                o.Id
            );
        var hash = new PasswordHasher<User>(App.CheapHashing).HashPassword(new User(), Password);
        foreach (var p in Everybody)
            await Add(db, NewUser(p.Name, p.Email, p.Role, p.ClientId, hash), u => u.Id, p.Id);
    }

    internal static User NewUser(
        string name,
        string email,
        Role role,
        int? clientId,
        string? hash,
        UserStatus status = UserStatus.Active
    ) =>
        new()
        {
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            EmailConfirmed = true,
            FullName = name,
            Role = role,
            ClientId = clientId,
            Status = status,
            PasswordHash = hash,
            SecurityStamp = Guid.NewGuid().ToString("N"),
            CreatedAt = Start.UtcDateTime,
        };

    private static async Task Add<T>(AppDb db, T entity, Func<T, int> id, int expected)
        where T : class
    {
        db.Add(entity);
        await db.SaveChangesAsync();
        if (id(entity) != expected)
            throw new InvalidOperationException($"{typeof(T).Name} got the id {id(entity)}, not {expected}.");
    }
}
