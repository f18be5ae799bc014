using System.Text;

namespace MdcTts.Benchmarks;

/// <summary>What is measured, how long and how hard.</summary>
internal sealed record Plan(int Rows, TimeSpan Time, int Connections, string Only, string Encoding)
{
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
}

/// <summary>The headers by which each visitor is known.</summary>
internal sealed record Visitors(string Admin, string Editor, string Token);

/// <summary>One kind of request.</summary>
/// <param name="Key">Names it in the recording and in the bare server's addresses.</param>
/// <param name="Name">Names it in the report.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Who">The header that says who asks.</param>
/// <param name="Status">The only status that is no error.</param>
/// <param name="Body">JSON to post; null for GET.</param>
internal sealed record Scenario(string Key, string Name, string Path, string Who, int Status = 200, string? Body = null)
{
    public const string CreateKey = "create";

    public static IReadOnlyList<Scenario> All(Visitors who, string number, int client) =>
        [
            new("list-admin", "List, admin", "/transactions", who.Admin),
            new("list-editor", "List, editor", "/transactions", who.Editor),
            new("list-filtered", "List, two filters", "/transactions?status=in_progress&priority=high", who.Admin),
            new("search-ar-rare", "Arabic search, rare word", Search(Seed.Rare.Ar), who.Admin),
            new("search-ar-common", "Arabic search, common word", Search(Seed.Common.Ar), who.Admin),
            new("search-en-rare", "English search, rare word", Search(Seed.Rare.En), who.Admin),
            new("search-en-common", "English search, common word", Search(Seed.Common.En), who.Admin),
            new("list-json", "List, JSON", "/api/v1/transactions", who.Token),
            new("one", "One transaction", "/transactions/" + number, who.Admin),
            new("dashboard", "Dashboard, admin", "/dashboard", who.Admin),
            new(
                CreateKey,
                "Create, JSON",
                "/api/v1/transactions",
                who.Token,
                201,
                $$"""
                {"title":"Facade approval request, Olaya Tower","client":"{{client}}","type":"approval_request",
                "referenceNumber":"RRM-4471/12","priority":"high","amount":"50000.00","dueDate":"2027-12-01",
                "tags":["facade"],"submit":true}
                """
            ),
        ];

    /// <summary>The request as it goes over the wire.</summary>
    public byte[] Bytes(string path, string encoding)
    {
        var head = new StringBuilder(
            $"{(Body is null ? "GET" : "POST")} {path} HTTP/1.1\r\nHost: localhost\r\n{Who}\r\nAccept: */*\r\n"
        );
        if (encoding != "identity")
            head.Append($"Accept-Encoding: {encoding}\r\n");
        if (Body is not null)
            head.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(Body)}\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(Body).ToString());
    }

    private static string Search(string word) => "/transactions?q=" + Uri.EscapeDataString(word);
}
