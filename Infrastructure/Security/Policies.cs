using Microsoft.AspNetCore.Authorization;

namespace MdcTts.Infrastructure.Security;

/// <summary>The permissions, in people's words. Rows are narrowed further by <c>VisibleTo(user)</c>.</summary>
public static class Policies
{
    /// <summary>Any active person; what they see is narrowed row by row.</summary>
    public const string SignedIn = nameof(SignedIn);

    /// <summary>Editors and admins.</summary>
    public const string Staff = nameof(Staff);

    /// <summary>Admins; a token also needs the scope <c>admin</c>.</summary>
    public const string Admin = nameof(Admin);

    /// <summary>Registers the policies; an endpoint that names none still asks for a signed-in person.</summary>
    public static void AddPolicies(this IServiceCollection services) =>
        services
            .AddAuthorizationBuilder()
            .AddPolicy(SignedIn, p => p.RequireAuthenticatedUser().AddRequirements(new TokenScope()))
            .AddPolicy(
                Staff,
                p =>
                    p.RequireAuthenticatedUser()
                        .RequireRole(nameof(Role.Editor), nameof(Role.Admin))
                        .AddRequirements(new TokenScope())
            )
            .AddPolicy(
                Admin,
                p =>
                    p.RequireAuthenticatedUser()
                        .RequireRole(nameof(Role.Admin))
                        .AddRequirements(new TokenScope(Admin: true))
            )
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .Services.AddSingleton<IAuthorizationHandler, TokenScopeHandler>();
}

/// <summary>
/// A token does only what its scopes say: <c>read</c> for safe methods, <c>write</c> for others, <c>admin</c> for an
/// admin's.
/// </summary>
public sealed record TokenScope(bool Admin = false) : IAuthorizationRequirement;

internal sealed class TokenScopeHandler : AuthorizationHandler<TokenScope>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, TokenScope requirement)
    {
        if (context.Resource is not HttpContext http || http.Person() is not { } user)
            return Task.CompletedTask;
        var needed =
            HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) ? "read" : "write";
        if (
            user.Scopes is null
            || (user.Scopes.Contains(needed) && (!requirement.Admin || user.Scopes.Contains("admin")))
        )
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
