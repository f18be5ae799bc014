using MdcTts.Features.Demo;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Support;

/// <summary>The app with the demonstration's data instead of the <see cref="Cast"/>.</summary>
public sealed class DemoApp : App
{
    /// <summary>What a start with <c>--demo</c> prints after the address.</summary>
    public IReadOnlyList<string> Printed { get; private set; } = [];

    /// <summary>Everybody of the demonstration.</summary>
    public IReadOnlyList<Person> People { get; private set; } = [];

    public Person Admin => People.First(p => p.Role == Role.Admin);

    public Person Editor => People.First(p => p.Role == Role.Editor);

    public Person ClientPerson => People.First(p => p.Role == Role.Client);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Db(async db =>
        {
            await db.Users.ExecuteDeleteAsync();
            return await db.Clients.ExecuteDeleteAsync();
        });
        Printed = await With<FillDemo, IReadOnlyList<string>>(demo => demo.Handle(CancellationToken.None));
        People = await Db(db =>
            db.Users.OrderBy(u => u.Id)
                .Select(u => new Person(u.Id, u.FullName, u.Email!, u.Role, u.ClientId))
                .ToListAsync()
        );
    }
}
