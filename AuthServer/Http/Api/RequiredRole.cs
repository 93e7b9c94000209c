using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;

namespace AuthServer.Http.Api;

/// <summary>The least role that may call an endpoint. Without it: auditor for reading, developer for everything else.</summary>
public sealed record RequiredRole(Role Role);

public static class RequiredRoleMetadata
{
    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequiredRole(role));
}
