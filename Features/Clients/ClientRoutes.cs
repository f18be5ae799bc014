namespace MdcTts.Features.Clients;

/// <summary>Addresses of this feature; the JSON twins stand under <c>/api/v1</c> at the same paths.</summary>
public static class ClientRoutes
{
    public const string Root = "/clients";
    public const string New = Root + "/new";
    public const string Suggestions = Root + "/suggestions";

    public static string One(int id) => $"{Root}/{id}";

    public static string Edit(int id) => $"{One(id)}/edit";

    public static string Activity(int id) => $"{One(id)}/activity";
}
