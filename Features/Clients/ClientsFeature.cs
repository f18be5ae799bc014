using MdcTts.Features.Clients.Contacts;
using MdcTts.Features.Clients.Editing;
using MdcTts.Features.Clients.Listing;
using MdcTts.Features.Clients.Showing;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Clients;

/// <summary>The organisations whose transactions are tracked.</summary>
public static class ClientsFeature
{
    public static void AddClients(this IServiceCollection services)
    {
        services.AddScoped<ListClients>();
        services.AddScoped<SuggestClients>();
        services.AddScoped<AddClient>();
        services.AddScoped<ShowClient>();
        services.AddScoped<EditClient>();
        services.AddScoped<SwitchClient>();
        services.AddScoped<KeepContacts>();
        services.AddPersonalData(
            new PersonalData("contacts", typeof(Client))
            {
                StaysBecause = "An organisation's addresses, not a person's. Those who sign in for it are users.",
            }
        );
    }

    public static void MapClients(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(ClientRoutes.Root);
        var api = app.MapApi(ClientRoutes.Root, "Clients");

        ListClients.Map(pages, api);
        SuggestClients.Map(pages);
        AddClient.Map(pages, api);
        ShowClient.Map(pages, api);
        EditClient.Map(pages, api);
        SwitchClient.Map(pages, api);
        KeepContacts.Map(pages, api);
    }
}
