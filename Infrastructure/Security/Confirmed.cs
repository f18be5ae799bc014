using MdcTts.Features.Accounts;
using MdcTts.Features.Accounts.Confirming;

namespace MdcTts.Infrastructure.Security;

/// <summary>For what is dangerous: roles, tokens, restoring, second factors, settings.</summary>
public static class ConfirmedEndpoints
{
    /// <summary>Only for people who have proved who they are within the time that the settings say. Others are asked first, and nothing of what they typed is lost.</summary>
    public static RouteHandlerBuilder Confirmed(this RouteHandlerBuilder builder) =>
        builder.AddEndpointFilter(ConfirmIdentity.Ask);
}
