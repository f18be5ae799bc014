namespace MdcTts.Features.Projects;

/// <summary>Addresses of this feature; the JSON twins stand under <c>/api/v1</c> at the same paths.</summary>
public static class ProjectRoutes
{
    public const string Root = "/projects";
    public const string New = Root + "/new";
    public const string Suggestions = Root + "/suggestions";

    /// <summary>The form with its client chosen.</summary>
    public static string NewFor(int clientId) => $"{New}?client={clientId}";

    public static string One(string code) => $"{Root}/{code}";

    public static string Edit(string code) => $"{One(code)}/edit";

    public static string Activity(string code) => $"{One(code)}/activity";
}
