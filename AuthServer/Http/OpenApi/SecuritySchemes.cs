using AuthServer.Accounts;
using AuthServer.Http.Api;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary>The credentials that this server takes, by the names that they have in the document.</summary>
public static class SecuritySchemes
{
    public const string DeveloperKey = "developerKey";
    public const string Token = "token";
    public const string Session = "session";
    public const string AgentKey = "agentKey";
    public const string Client = "client";
    public const string Registration = "registration";

    internal static Dictionary<string, IOpenApiSecurityScheme> All(IssuerUri issuer) => new()
    {
        [DeveloperKey] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = Callers.KeyHeader,
            Description = "A developer key, ag_…; it may also be sent as a bearer token.",
        },
        [Token] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "An access token of this server: for the REST API the token of a login, for userinfo any with the scope openid. One that is bound to a key comes under "
                + "the scheme DPoP, with a proof in the header DPoP (RFC 9449 §7).",
        },
        [AgentKey] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An agent's API key, ak_live_…, or an access token that it has for this server, with the scope that the operation names.",
        },
        [Session] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Cookie,
            Name = CookieRules.NameOf(issuer, "session"),
            Description = $"The session of a signed-in browser, from this server's own pages. {Callers.OrganizationHeader} names the organization where there are several.",
        },
        [Registration] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "To register a client where that is not open: the initial access token. To manage one: its registration_access_token.",
        },
        [Client] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "A client's id and secret, each form-encoded first (RFC 6749 §2.3.1). client_secret_post and private_key_jwt travel in the form instead.",
        },
    };
}
