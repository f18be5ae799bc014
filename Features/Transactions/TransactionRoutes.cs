namespace MdcTts.Features.Transactions;

/// <summary>Addresses of this feature; the JSON twins stand under <c>/api/v1</c> at the same paths.</summary>
public static class TransactionRoutes
{
    public const string Root = "/transactions";
    public const string New = Root + "/new";

    public static string NewFrom(string draft) => $"{New}?draft={draft}";

    /// <summary>Another one of the same client and type.</summary>
    public static string NewLike(int clientId, string type) =>
        $"{New}?client={clientId}&type={Uri.EscapeDataString(type)}";

    public const string Bulk = Root + "/bulk";
    public const string BulkUndo = Bulk + "/undo";
    public const string Drafts = Root + "/drafts";
    public const string Deleted = Root + "/deleted";
    public const string Imports = Root + "/imports";
    public const string Export = Root + "/export";

    /// <summary>The names of authorities that a field offers.</summary>
    public const string Authorities = Root + "/authorities";

    /// <summary>One's own work.</summary>
    public const string Work = "/work";

    /// <summary>The stream of what changes.</summary>
    public const string Live = Root + "/live";

    /// <summary>One transaction.</summary>
    public static string One(string number) => $"{Root}/{number}";

    /// <summary>Where a post of one transaction leads: back to one's work when it came from there.</summary>
    /// <param name="from">The form's field <c>from</c>.</param>
    public static string AfterPost(string? from, string number) => from == "work" ? Work : One(number);

    public static string Holder(string number) => $"{One(number)}/holder";

    public static string Due(string number) => $"{One(number)}/due";

    public static string Snooze(string number) => $"{One(number)}/snooze";

    public static string Edit(string number) => $"{One(number)}/edit";

    public static string Status(string number) => $"{One(number)}/status";

    public static string Assignee(string number) => $"{One(number)}/assignee";

    public static string Comments(string number) => $"{One(number)}/comments";

    public static string Mentions(string number) => $"{One(number)}/mentions";

    public static string Delete(string number) => $"{One(number)}/delete";

    public static string Restore(string number) => $"{One(number)}/restore";

    public static string Duplicate(string number) => $"{One(number)}/duplicate";

    public static string Pdf(string number) => $"{One(number)}/pdf";

    public static string Qr(string number) => $"{One(number)}/qr";

    public static string QrSvg(string number) => $"{One(number)}/qr.svg";

    public static string Label(string number) => $"{One(number)}/label";

    public static string Import(int id) => $"{Imports}/{id}";

    public static string ImportColumns(int id) => $"{Import(id)}/columns";

    public static string ImportCorrections(int id) => $"{Import(id)}/corrections";

    public static string ImportRun(int id) => $"{Import(id)}/run";

    public static string ImportRequest(int id) => $"{Import(id)}/request";

    public static string ImportRelease(int id) => $"{Import(id)}/release";

    public static string ImportRefusal(int id) => $"{Import(id)}/refusal";

    public static string ImportClientsRemoval(int id) => $"{Import(id)}/clients/removal";

    public static string ImportUndo(int id) => $"{Import(id)}/undo";

    public static string ImportRejected(int id) => $"{Import(id)}/rejected.xlsx";

    public const string ImportTemplate = Imports + "/template.xlsx";

    public static string OfClient(int clientId) => $"{Root}?client={clientId}";

    public static string OfProject(string code) => $"{Root}?project={code}";

    /// <summary>The transactions that an import brought.</summary>
    public static string Imported(int id) => $"{Root}?import={id}";
}
