using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Infrastructure.Hosting;

/// <summary>The requests of a process that only works in the background.</summary>
public static class Worker
{
    /// <summary>Answers health probes, and 404 to everything else.</summary>
    public static WebApplication UseWorker(this WebApplication app)
    {
        app.UseEntrance();
        app.UseRouting();
        app.Use(
            (HttpContext http, RequestDelegate _) =>
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
        );
        // The host would put these first, where they send everybody to a sign-in page that is not here.
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        return app;
    }
}
