using MdcTts.Features.Timetables.Asking;
using MdcTts.Features.Timetables.Listing;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Timetables;

/// <summary>What admins see of the jobs that run by the clock.</summary>
public static class TimetableFeature
{
    public static void AddTimetable(this IServiceCollection services)
    {
        services.AddScoped<ListJobs>();
        services.AddScoped<AskForRun>();
    }

    public static void MapTimetable(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(TimetableRoutes.Root);
        ListJobs.Map(pages);
        AskForRun.Map(pages);
    }
}

/// <summary>Addresses of this feature.</summary>
public static class TimetableRoutes
{
    public const string Root = "/jobs";

    public static string Runs(string job) => $"{Root}/{job}/runs";
}
