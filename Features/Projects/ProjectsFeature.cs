using MdcTts.Features.Projects.Editing;
using MdcTts.Features.Projects.Listing;
using MdcTts.Features.Projects.Showing;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Projects;

/// <summary>The clients' projects.</summary>
public static class ProjectsFeature
{
    public static void AddProjects(this IServiceCollection services)
    {
        services.AddScoped<ListProjects>();
        services.AddScoped<SuggestProjects>();
        services.AddScoped<ProjectForms>();
        services.AddScoped<AddProject>();
        services.AddScoped<ShowProject>();
        services.AddScoped<EditProject>();
        services.AddScoped<SwitchProject>();
        services.AddScoped<ShowClientProjects>();
        services.AddSingleton(ShowClientProjects.Section);
    }

    public static void MapProjects(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(ProjectRoutes.Root);
        var api = app.MapApi(ProjectRoutes.Root, "Projects");

        ListProjects.Map(pages, api);
        SuggestProjects.Map(pages);
        AddProject.Map(pages, api);
        ShowProject.Map(pages, api);
        EditProject.Map(pages, api);
        SwitchProject.Map(pages, api);
    }
}
