using AuthServer.Applications;
using AuthServer.Http.DPoP;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http;

/// <summary>Which web pages may call us from a browser (CORS): public documents anybody, protocol endpoints the origins of
/// registered clients. Never <c>null</c>, which is everybody's; never with credentials.</summary>
public sealed class ClientOrigins(ApplicationDirectory applications) : ICorsPolicyProvider
{
    public const string Anybody = "anybody";
    public const string Registered = "registered";

    // The last four: the Model Context Protocol's, whose clients also try to end a session with DELETE.
    private static readonly string[] Sent = ["authorization", "content-type", "dpop", "mcp-protocol-version", "mcp-session-id", "mcp-method", "mcp-name"];
    private static readonly string[] Told = ["WWW-Authenticate", "Retry-After", DPoPProofs.NonceHeader, "Mcp-Session-Id"];

    private static readonly CorsPolicy ForAnybody = new CorsPolicyBuilder().AllowAnyOrigin().WithMethods("GET", "HEAD").Build();
    private static readonly CorsPolicy ForNobody = new CorsPolicyBuilder().Build();

    public async Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        if (policyName == Anybody)
        {
            return ForAnybody;
        }

        var origin = context.Request.Headers.Origin.ToString();
        return policyName == Registered && IsWebOrigin(origin) && await applications.IsOriginOfClientAsync(origin, context.RequestAborted)
            ? new CorsPolicyBuilder(origin).WithMethods("GET", "POST", "DELETE").WithHeaders(Sent).WithExposedHeaders(Told)
                .SetPreflightMaxAge(TimeSpan.FromMinutes(10)).Build()
            : ForNobody;
    }

    private static bool IsWebOrigin(string origin) =>
        origin.Length is > 0 and <= 400 && (origin.StartsWith("https://", StringComparison.Ordinal) || origin.StartsWith("http://", StringComparison.Ordinal));
}

public static class ClientOriginsRegistration
{
    public static IServiceCollection AddClientOrigins(this IServiceCollection services) =>
        services.AddCors().AddSingleton<ICorsPolicyProvider, ClientOrigins>();
}
