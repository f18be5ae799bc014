using System.Text.Json;

namespace MdcTts.Features.Transactions.Exports;

/// <summary>An array of transactions as the API answers them.</summary>
public static class JsonExport
{
    private static readonly byte[] Open = "["u8.ToArray(),
        Between = ",\n"u8.ToArray(),
        Close = "]\n"u8.ToArray();

    public static async Task Write(
        Stream to,
        Func<TransactionFacts, TransactionJson> asJson,
        JsonSerializerOptions options,
        IAsyncEnumerable<TransactionFacts> rows,
        CancellationToken stop
    )
    {
        await to.WriteAsync(Open, stop);
        var isFirst = true;
        await foreach (var row in rows.WithCancellation(stop))
        {
            if (!isFirst)
                await to.WriteAsync(Between, stop);
            isFirst = false;
            // As object: staff get the members of the derived type as well.
            await JsonSerializer.SerializeAsync<object>(to, asJson(row), options, stop);
        }

        await to.WriteAsync(Close, stop);
    }
}
