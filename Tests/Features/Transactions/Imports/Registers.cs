using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Support;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Small registers, and the wait for what becomes of them.</summary>
internal static class Registers
{
    public static readonly object?[] Heads =
    [
        "Reference",
        "Title",
        "Client",
        "Type",
        "Status",
        "Amount",
        "Due Date",
        "Assigned To",
    ];

    public static byte[] Of(params object?[][] rows) => Workbooks.Xlsx(("Register", [Heads, .. rows])).ToArray();

    public static object?[] Row(
        string title,
        string? client = "Riyadh Region Municipality",
        string status = "Draft",
        object? amount = null,
        object? due = null,
        string? assignee = "sara.alharbi@mdc.example",
        string? reference = null
    ) => [reference, title, client, "Payment", status, amount, due, assignee];

    /// <summary>Uploads by the API and waits for the end.</summary>
    public static async Task<ApiAnswer> Import(this ApiClient api, byte[] file, params (string, string)[] fields) =>
        await api.Ended(
            (await api.Upload("/transactions/imports", "file", "register.xlsx", file, fields)).Expect(202)["id"]!
        );

    public static async Task<ApiAnswer> Ended(this ApiClient api, string id)
    {
        ApiAnswer answer = null!;
        await Wait.Until(async () =>
        {
            answer = (await api.Get("/transactions/imports/" + id)).Expect(200);
            return answer["status"] is not ("queued" or "checking" or "running");
        });
        return answer;
    }

    public static int Number(this ApiAnswer answer, string name) => answer.Json.GetProperty(name).GetInt32();

    public static IReadOnlyList<string> Errors(this ApiAnswer answer) =>
        [
            .. answer
                .Json.GetProperty("errors")
                .EnumerateArray()
                .Select(e =>
                    $"{e.GetProperty("row")} {e.GetProperty("column")}={e.GetProperty("value")}: "
                    + $"{e.GetProperty("message")}"
                ),
        ];
}
