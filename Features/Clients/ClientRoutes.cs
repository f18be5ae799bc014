namespace MdcTts.Features.Clients;

/// <summary>Addresses of this feature; the JSON twins stand under <c>/api/v1</c> at the same paths.</summary>
public static class ClientRoutes
{
    public const string Root = "/clients";
    public const string New = Root + "/new";
    public const string Suggestions = Root + "/suggestions";

    public static string One(int id) => $"{Root}/{id}";

    public static string Edit(int id) => $"{One(id)}/edit";

    public static string Contacts(int id) => $"{One(id)}/contacts";

    public static string NewContact(int id) => $"{Contacts(id)}/new";

    public static string Contact(int id, int contact) => $"{Contacts(id)}/{contact}";

    public static string ContactEnd(int id, int contact) => $"{Contact(id, contact)}/removal";

    public static string Activity(int id) => $"{One(id)}/activity";
}
