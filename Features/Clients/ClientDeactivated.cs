namespace MdcTts.Features.Clients;

/// <summary>
/// What else ends when a client is deactivated, registered by the feature that keeps it. It runs in the database
/// transaction of the change, before that is saved.
/// </summary>
public delegate Task ClientDeactivated(AppDb db, Client client, DateTime now, CancellationToken stop);

/// <summary>Something that deactivating a client concerns, registered by the feature that keeps it.</summary>
/// <param name="Name">In the audit entry.</param>
/// <param name="Text">Text key of a sentence with its number.</param>
/// <param name="Order">Where the sentence stands.</param>
public sealed record ClientConcern(
    string Name,
    string Text,
    int Order,
    Func<AppDb, int, CancellationToken, Task<int>> Count
);

/// <summary>Counting what is concerned.</summary>
public static class ClientConcerns
{
    /// <summary>All of them with their numbers for one client, in their order.</summary>
    public static async Task<List<(ClientConcern Concern, int Count)>> CountAll(
        this IEnumerable<ClientConcern> concerns,
        AppDb db,
        int clientId,
        CancellationToken stop
    )
    {
        var counts = new List<(ClientConcern, int)>();
        foreach (var concern in concerns.OrderBy(c => c.Order))
            counts.Add((concern, await concern.Count(db, clientId, stop)));
        return counts;
    }
}
