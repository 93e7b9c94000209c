using AuthServer.Endpoints.Rest;
using AuthServer.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Endpoints;

public static class EndpointRegistration
{
    public static IServiceCollection AddEndpoints(this IServiceCollection services) => services
        .AddSingleton<Grants>()
        .AddSingleton<TokenIssuer>()
        .AddSingleton<RefusalTrail>()
        .AddSingleton<BrowserCookie>()
        .AddSingleton<AuthorizeRequests>()
        .AddSingleton<Interactions>()
        .AddSingleton<AuthorizationResponse>()
        .AddSingleton<CodeIssuer>()
        .AddSingleton<AuthorizeEndpoint>()
        .AddSingleton<Redemption>()
        .AddSingleton<TokenRevocation>()
        .AddSingleton<TokenEndpoint>()
        .AddSingleton<IntrospectEndpoint>()
        .AddSingleton<RevokeEndpoint>()
        .AddSingleton<UserInfoEndpoint>()
        .AddSingleton<EndSessionEndpoint>()
        .AddSingleton<ConsentRequests>()
        .AddSingleton<AgentTokens>()
        .AddSingleton<TokenVerification>()
        .AddSingleton<Metadata>();

    public static void MapEndpoints(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var metadata = services.GetRequiredService<Metadata>();
        string[] readable = [HttpMethods.Get, HttpMethods.Head];
        string[] both = [HttpMethods.Get, HttpMethods.Post];
        string[] post = [HttpMethods.Post];

        routes.MapMethods(Routes.OpenIdConfiguration, readable, metadata.HandleAsync).RequireCors(ClientOrigins.Anybody);
        routes.MapMethods(Routes.OAuthMetadata, readable, metadata.HandleAsync).RequireCors(ClientOrigins.Anybody);
        routes.MapMethods(Routes.Jwks, readable, metadata.HandleJwksAsync).RequireCors(ClientOrigins.Anybody);
        routes.MapMethods(Routes.Authorize, both, services.GetRequiredService<AuthorizeEndpoint>().HandleAsync);
        routes.MapMethods(Routes.EndSession, both, services.GetRequiredService<EndSessionEndpoint>().HandleAsync);
        routes.MapMethods(Routes.Token, post, services.GetRequiredService<TokenEndpoint>().HandleAsync).RequireCors(ClientOrigins.Registered);
        routes.MapMethods(Routes.Revoke, post, services.GetRequiredService<RevokeEndpoint>().HandleAsync).RequireCors(ClientOrigins.Registered);
        routes.MapMethods(Routes.UserInfo, both, services.GetRequiredService<UserInfoEndpoint>().HandleAsync).RequireCors(ClientOrigins.Registered);
        routes.MapMethods(Routes.Introspect, post, services.GetRequiredService<IntrospectEndpoint>().HandleAsync);
    }
}
