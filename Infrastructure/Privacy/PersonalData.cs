using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Privacy;

/// <summary>A person who is being erased, as they were before it.</summary>
/// <param name="Pseudonym">What stands instead of the name from now on.</param>
public sealed record ErasedPerson(int Id, string FullName, string Email, string Pseudonym);

/// <summary>
/// What a feature keeps about people, registered by that feature with
/// <see cref="PersonalDataRegistration.AddPersonalData"/>. It says what becomes of the rows when a person is erased:
/// either <see cref="Erase"/> or <see cref="StaysBecause"/>. A convention test fails for a table that names people and
/// is not registered.
/// </summary>
/// <param name="Name">Unique; also the name of the part in a person's own file.</param>
/// <param name="Entities">The entities that hold it.</param>
public sealed record PersonalData(string Name, params IReadOnlyList<Type> Entities)
{
    /// <summary>The position of the part in the person's own file; an erasure uses the same order.</summary>
    public int Order { get; init; }

    /// <summary>
    /// Reads the part for the person's own file by their id; it becomes JSON. It holds no secret, so that a stolen
    /// session does not become more than that. Null: the file has no such part.
    /// </summary>
    public Func<int, IServiceProvider, CancellationToken, Task<object>>? Export { get; init; }

    /// <summary>Deletes or empties what is the person's, in the database transaction of the erasure.</summary>
    public Func<ErasedPerson, IServiceProvider, CancellationToken, Task>? Erase { get; init; }

    /// <summary>Why an erasure leaves these rows as they are.</summary>
    public string? StaysBecause { get; init; }

    /// <summary>Rows that belong to one person alone and are deleted with them.</summary>
    /// <param name="name">As <see cref="Name"/>.</param>
    /// <param name="rows">Those of a user id.</param>
    public static PersonalData Deleted<TDb, T>(string name, Func<TDb, int, IQueryable<T>> rows)
        where TDb : notnull
        where T : class =>
        new(name, typeof(T))
        {
            Erase = (person, request, stop) =>
                rows(request.GetRequiredService<TDb>(), person.Id).ExecuteDeleteAsync(stop),
        };
}

public static class PersonalDataRegistration
{
    /// <summary>Registers what a feature keeps about people.</summary>
    public static void AddPersonalData(this IServiceCollection services, params IEnumerable<PersonalData> kept)
    {
        foreach (var data in kept)
            services.AddSingleton(data);
    }
}
