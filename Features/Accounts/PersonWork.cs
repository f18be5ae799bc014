namespace MdcTts.Features.Accounts;

/// <summary>
/// Work that waits for a person, registered by the feature that keeps it: whoever suspends somebody asks who gets it.
/// </summary>
/// <param name="Name">In the audit entry.</param>
/// <param name="Text">Text key of a sentence with its number.</param>
/// <param name="Count">How much waits for the person with this id.</param>
/// <param name="HandOver">
/// Gives all of it to another, after the change was saved, and says how much that was. Its arguments: the services of
/// the request, from whom, to whom, why.
/// </param>
public sealed record PersonWork(
    string Name,
    string Text,
    Func<AppDb, int, CancellationToken, Task<int>> Count,
    Func<IServiceProvider, int, int, string, CancellationToken, Task<int>> HandOver
);
