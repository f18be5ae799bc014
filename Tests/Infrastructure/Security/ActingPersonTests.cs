using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MdcTts.Infrastructure.Security;

[Trait("runs", "once")]
public sealed class ActingPersonTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = Services();

    [Fact]
    public async Task What_is_made_in_a_scope_holds_the_person_of_that_scope()
    {
        await using var scope = _services.CreateAsyncScope();
        var user = new CurrentUser(7, "Sara", "sara@example.com", Role.Editor, ClientId: null, Language: null);
        scope.ServiceProvider.GetRequiredService<ActingPerson>().User = user;

        Assert.Same(user, scope.ServiceProvider.GetRequiredService<CurrentUser>());
        await using var other = _services.CreateAsyncScope();
        Assert.Null(other.ServiceProvider.GetRequiredService<ActingPerson>().User);
    }

    [Fact]
    public async Task Where_nobody_signed_in_the_error_says_so()
    {
        await using var scope = _services.CreateAsyncScope();

        var error = Assert.Throws<InvalidOperationException>(scope.ServiceProvider.GetRequiredService<CurrentUser>);
        Assert.Contains("Nobody is signed in", error.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddCurrentUser();
        return services.BuildServiceProvider();
    }
}
