namespace MdcTts.Features.Accounts;

/// <summary>Words that queries on people are made of.</summary>
public static class People
{
    /// <summary>Editors and admins who may sign in: those who can be responsible for a transaction.</summary>
    public static IQueryable<User> Staff(this IQueryable<User> users) =>
        users.Where(u => u.Status == UserStatus.Active && u.Role != Infrastructure.Security.Role.Client);
}
