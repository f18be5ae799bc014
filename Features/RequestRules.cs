using MdcTts.Features.Accounts;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Idempotency;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features;

/// <summary>What a request must pass once it is known who sends it.</summary>
public static class RequestRules
{
    public static void AddRules(this IServiceCollection services)
    {
        services.AddSingleton<RateLimits>();
        services.AddIdempotency();
    }

    /// <summary>
    /// After routing and authentication. The order matters: what stands further out sees the refusals of what stands
    /// inside.
    /// </summary>
    public static void UseRules(this WebApplication app)
    {
        app.UseDenialRecord();
        app.UseRateLimits();
        app.UseReadOnly();
        app.UseRequiredPage();
        // The description of the API is open to anybody: before authorization.
        app.UseApiDocs();
        app.Use(TellStrangersWhatIsMissing);
        app.UseAuthorization();
        // Open pages hear of a write only after its answer is sent, and a repeated request writes nothing.
        app.UseEvents();
        app.UseIdempotency();
    }

    // Who mistyped an address would sign in, and only then hear that there is no such page.
    private static Task TellStrangersWhatIsMissing(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint() is not null || http.IsApi() || http.User.Identity?.IsAuthenticated == true)
            return next(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
