namespace MdcTts.Features.Clients;

/// <summary>
/// What else must change when a client gets another name, registered by the feature that keeps the name. It runs in the
/// database transaction of the change, after the client was saved.
/// </summary>
/// <param name="client">The client with its new names.</param>
/// <param name="oldNameEn">The English name before.</param>
/// <param name="oldNameAr">The Arabic name before.</param>
public delegate Task ClientRenamed(
    AppDb db,
    Client client,
    string? oldNameEn,
    string? oldNameAr,
    CancellationToken stop
);
