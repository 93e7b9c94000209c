using AuthServer.Applications;
using AuthServer.Endpoints.Rest;
using AuthServer.Http;
using AuthServer.Http.OpenApi;
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
        .AddSingleton<AgentTokenEndpoint>()
        .AddSingleton<Usernames>()
        .AddSingleton<TokenIntrospection>()
        .AddSingleton<IntrospectEndpoint>()
        .AddSingleton<RevokeEndpoint>()
        .AddSingleton<OwnCalls>()
        .AddSingleton<UserInfoEndpoint>()
        .AddSingleton<EndSessionEndpoint>()
        .AddSingleton<ConsentRequests>()
        .AddSingleton<WaitingConsents>()
        .AddSingleton<AgentTokens>()
        .AddSingleton<Quickstart>()
        .AddSingleton<ProofVerification>()
        .AddSingleton<TokenVerification>()
        .AddSingleton<FirstToken>()
        .AddSingleton<RegisterEndpoint>()
        .AddSingleton<AgentConfiguration>()
        .AddSingleton<Metadata>();

    public static void MapEndpoints(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var metadata = services.GetRequiredService<Metadata>();
        string[] readable = [HttpMethods.Get, HttpMethods.Head];
        string[] both = [HttpMethods.Get, HttpMethods.Post];
        string[] post = [HttpMethods.Post];

        routes.MapMethods(Routes.OpenIdConfiguration, readable, metadata.HandleAsync).RequireCors(ClientOrigins.Anybody)
            .Describe("getOpenIdConfiguration", "Discovery, by OpenID Connect's address.", ProtocolDescriptions.Metadata);
        routes.MapMethods(Routes.OAuthMetadata, readable, metadata.HandleAsync).RequireCors(ClientOrigins.Anybody)
            .Describe("getAuthorizationServerMetadata", "Discovery, by OAuth's address.", ProtocolDescriptions.Metadata);
        routes.MapMethods(Routes.Jwks, readable, metadata.HandleJwksAsync).RequireCors(ClientOrigins.Anybody)
            .Describe("getJwks", "The public keys that tokens are checked by.", ProtocolDescriptions.Jwks);
        routes.MapMethods(Routes.Authorize, both, services.GetRequiredService<AuthorizeEndpoint>().HandleAsync)
            .Describe("authorize", "Asks a person, in their browser, to let a client act for them.", ProtocolDescriptions.Authorize);
        routes.MapMethods(Routes.EndSession, both, services.GetRequiredService<EndSessionEndpoint>().HandleAsync)
            .Describe("endSession", "Signs a person out, in their browser.", ProtocolDescriptions.EndSession);
        routes.MapMethods(Routes.Token, post, services.GetRequiredService<TokenEndpoint>().HandleAsync).RequireCors(ClientOrigins.Registered)
            .Describe("token", "Gives tokens: for a code, for a refresh token, or for the client itself.", ProtocolDescriptions.Token);
        if (services.GetRequiredService<RegistrationPolicy>().IsOffered)
        {
            MapRegistration(routes, services.GetRequiredService<RegisterEndpoint>());
        }

        routes.MapMethods(Routes.Revoke, post, services.GetRequiredService<RevokeEndpoint>().HandleAsync).RequireCors(ClientOrigins.Registered)
            .Describe("revoke", "Ends a token and all of its family.", ProtocolDescriptions.Revoke);
        routes.MapMethods(Routes.UserInfo, both, services.GetRequiredService<UserInfoEndpoint>().HandleAsync).RequireCors(ClientOrigins.Registered)
            .Describe("userInfo", "Says who the person behind an access token is.", ProtocolDescriptions.UserInfo);
        routes.MapMethods(Routes.Introspect, post, services.GetRequiredService<IntrospectEndpoint>().HandleAsync)
            .Describe("introspect", "Says whether a token is alive, and what it says.", ProtocolDescriptions.Introspect);
        MapAgentEndpoints(routes, post, readable);
    }

    /// <summary>The same for agents' libraries, which may send JSON.</summary>
    private static void MapAgentEndpoints(IEndpointRouteBuilder routes, string[] post, string[] readable)
    {
        var services = routes.ServiceProvider;
        var json = new AcceptsJson();
        routes.MapMethods(Routes.AgentToken, post, services.GetRequiredService<AgentTokenEndpoint>().HandleAsync).WithMetadata(json)
            .Describe("agentToken", "Gives an agent tokens, with their times; by an API key, a refresh token too.", ProtocolDescriptions.Token);
        routes.MapMethods(Routes.AgentIntrospect, post, services.GetRequiredService<IntrospectEndpoint>().HandleAsync).WithMetadata(json)
            .Describe("agentIntrospect", "The same as /connect/introspect.", ProtocolDescriptions.Introspect);
        routes.MapMethods(Routes.AgentRevoke, post, services.GetRequiredService<RevokeEndpoint>().HandleAsync).WithMetadata(json)
            .Describe("agentRevoke", "The same as /connect/revoke.", ProtocolDescriptions.Revoke);
        routes.MapMethods(Routes.AgentJwks, readable, services.GetRequiredService<Metadata>().HandleJwksAsync).RequireCors(ClientOrigins.Anybody)
            .Describe("agentJwks", "The same as /.well-known/jwks.", ProtocolDescriptions.Jwks);
        routes.MapMethods(Routes.AgentConfiguration, readable, services.GetRequiredService<AgentConfiguration>().HandleAsync).RequireCors(ClientOrigins.Anybody)
            .Describe("getAgentConfiguration", "What agents' libraries need to know of this server.", ProtocolDescriptions.AgentConfiguration);
    }

    private static void MapRegistration(IEndpointRouteBuilder routes, RegisterEndpoint endpoint)
    {
        routes.MapMethods(Routes.Register, [HttpMethods.Post], endpoint.RegisterAsync).RequireCors(ClientOrigins.Registered)
            .Describe("registerClient", "Registers a client, which asks for that itself.", ProtocolDescriptions.Register);
        routes.MapMethods(Routes.Registration, [HttpMethods.Get], endpoint.ReadAsync)
            .Describe("getClientRegistration", "Shows a client its registration.", ProtocolDescriptions.ReadRegistration);
        routes.MapMethods(Routes.Registration, [HttpMethods.Put], endpoint.ReplaceAsync)
            .Describe("replaceClientRegistration", "Changes a client's registration.", ProtocolDescriptions.ReplaceRegistration);
        routes.MapMethods(Routes.Registration, [HttpMethods.Delete], endpoint.RemoveAsync)
            .Describe("removeClientRegistration", "Ends a client and all that it has.", ProtocolDescriptions.RemoveRegistration);
    }
}
