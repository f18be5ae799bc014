using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Clients.Contacts;

/// <summary>The contacts on the page of their client.</summary>
public sealed record ContactsView(int ClientId, IReadOnlyList<ClientContact> Contacts, CurrentUser User);
