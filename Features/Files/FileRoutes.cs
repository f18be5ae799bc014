using MdcTts.Features.Transactions;

namespace MdcTts.Features.Files;

/// <summary>Addresses of this feature; the JSON twins stand under <c>/api/v1</c> at the same paths.</summary>
public static class FileRoutes
{
    public const string Root = "/attachments";

    /// <summary>Those of a transaction.</summary>
    public static string Of(string number) => $"{TransactionRoutes.One(number)}/attachments";

    public static string One(int id) => $"{Root}/{id}";

    public static string Content(int id) => $"{One(id)}/content";

    public static string Delete(int id) => $"{One(id)}/delete";

    public static string Restore(int id) => $"{One(id)}/restore";
}
