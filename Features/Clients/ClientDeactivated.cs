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
