using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Demo;

/// <summary>
/// The people of the demonstration: staff, and client organisations with a person each and their projects.
/// </summary>
public static class DemoPeople
{
    /// <summary>
    /// The same for everybody, and printed at start. It is safe because demonstration data goes only into an empty
    /// database.
    /// </summary>
    public const string Password = "riyadh-demo-2026";

    public const string AdminEmail = "nasser.alqahtani@mdc.example";

    /// <param name="Client">Index in <see cref="Organisations"/>; null for staff.</param>
    /// <param name="Department">Key of the list.</param>
    public sealed record Person(
        Role Role,
        string Name,
        string? NameAr,
        string Email,
        int? Client = null,
        string? Department = null
    );

    /// <param name="Cr">Commercial registration.</param>
    public sealed record Organisation(
        string En,
        string Ar,
        string Cr,
        string Email,
        string Phone,
        string AddressLine,
        params (string En, string Ar)[] Projects
    );

    public static IReadOnlyList<Person> All { get; } =
    [
        new(Role.Admin, "Nasser Alqahtani", "ناصر القحطاني", AdminEmail, Department: "projects"),
        new(Role.Admin, "Huda Alshehri", "هدى الشهري", "huda.alshehri@mdc.example", Department: "finance"),
        new(Role.Editor, "Sara Alharbi", "سارة الحربي", "sara.alharbi@mdc.example", Department: "architecture"),
        new(Role.Editor, "Omar Alotaibi", "عمر العتيبي", "omar.alotaibi@mdc.example", Department: "engineering"),
        new(Role.Editor, "Lina Alghamdi", "لينا الغامدي", "lina.alghamdi@mdc.example", Department: "architecture"),
        new(Role.Editor, "Fahad Almutairi", "فهد المطيري", "fahad.almutairi@mdc.example", Department: "supervision"),
        new(Role.Client, "Khalid Aldosari", "خالد الدوسري", "khalid@alriyadh.example", Client: 0),
        new(Role.Client, "Reem Alzahrani", "ريم الزهراني", "reem@nhc.example", Client: 1),
        new(Role.Client, "عبدالله الشمري", NameAr: null, "abdullah@moh.example", Client: 2),
    ];

    public static IReadOnlyList<Organisation> Organisations { get; } =
    [
        new(
            "Riyadh Region Municipality",
            "أمانة منطقة الرياض",
            "1010478215",
            "projects@alriyadh.example",
            "+966112345678",
            "King Faisal Road, Riyadh",
            ("King Abdullah Park renewal", "تطوير حديقة الملك عبدالله"),
            ("Wadi Hanifah promenade", "ممشى وادي حنيفة"),
            ("Olaya district streetscape", "تحسين المشهد الحضري بحي العليا")
        ),
        new(
            "National Housing Company",
            "الشركة الوطنية للإسكان",
            "1010653942",
            "design@nhc.example",
            "+966118765432",
            "Northern Ring Road, Riyadh",
            ("Al Fursan suburb, phase 2", "ضاحية الفرسان، المرحلة الثانية"),
            ("Khuzam community centre", "المركز المجتمعي بضاحية خزام"),
            ("Al Widyan villas", "فلل الوديان")
        ),
        new(
            "Ministry of Health",
            "وزارة الصحة",
            "1010239874",
            "facilities@moh.example",
            "+966112040000",
            "King Fahd Road, Riyadh",
            ("Al Narjis primary care centre", "مركز الرعاية الأولية بحي النرجس"),
            ("King Salman Hospital extension", "توسعة مستشفى الملك سلمان")
        ),
    ];
}
