namespace MdcTts.Features.Projects;

/// <summary>
/// Whether a feature keeps something of a project that belongs to the project's client, registered by that feature.
/// A project in use stays with its client.
/// </summary>
public delegate Task<bool> IsProjectInUse(AppDb db, int projectId, CancellationToken stop);
