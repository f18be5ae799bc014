using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Comments;

/// <summary>One of the staff, with all that people may write after an @ to mean them.</summary>
public sealed record MentionablePerson(int Id, string FullName, string? NameAr, string? Email)
{
    public IEnumerable<string> Names =>
        [
            FullName,
            PersonName.First(FullName),
            NameAr ?? "",
            PersonName.First(NameAr ?? ""),
            Email?.Split('@')[0] ?? "",
        ];
}

/// <summary>Reading them.</summary>
public static class MentionableQuery
{
    private const int PeopleMax = 500;

    /// <summary>The staff among these people, in the order of their names.</summary>
    public static IQueryable<MentionablePerson> Mentionable(this IQueryable<User> users) =>
        users.Staff().ByName().Take(PeopleMax).Select(u => new MentionablePerson(u.Id, u.FullName, u.NameAr, u.Email));
}
