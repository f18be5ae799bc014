namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Who this scope works for. Authentication fills it for a request, background work for the person on whose behalf it
/// acts. A use case asks for <see cref="CurrentUser"/>; only one that also works for nobody (a command line, a visitor)
/// asks for this.
/// </summary>
public sealed class ActingPerson
{
    /// <summary>Null as long as nobody signed in.</summary>
    public CurrentUser? User { get; set; }
}

public static class ActingPersonRegistration
{
    /// <summary>Lets a use case hold the <see cref="CurrentUser"/> in its constructor.</summary>
    public static void AddCurrentUser(this IServiceCollection services)
    {
        services.AddScoped<ActingPerson>();
        services.AddScoped<CurrentUser>(scope =>
            scope.GetRequiredService<ActingPerson>().User
            ?? throw new InvalidOperationException(
                "Nobody is signed in. The endpoint needs a policy, or the background work must fill ActingPerson first."
            )
        );
    }

    /// <summary>Who sent this request; null for a visitor.</summary>
    public static CurrentUser? Person(this HttpContext http) =>
        http.RequestServices.GetRequiredService<ActingPerson>().User;
}
