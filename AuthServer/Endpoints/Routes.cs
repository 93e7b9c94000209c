namespace AuthServer.Endpoints;

/// <summary>The protocol's addresses below the issuer.</summary>
public static class Routes
{
    public const string Authorize = "/connect/authorize";
    public const string Token = "/connect/token";
    public const string Introspect = "/connect/introspect";
    public const string Register = "/connect/register";
    public const string Registration = "/connect/register/{client_id}";
    public const string Revoke = "/connect/revoke";
    public const string UserInfo = "/connect/userinfo";
    public const string EndSession = "/connect/endsession";
    public const string AgentToken = "/api/v1/auth/token";
    public const string AgentIntrospect = AgentToken + "/introspect";
    public const string AgentRevoke = AgentToken + "/revoke";
    public const string AgentJwks = "/api/v1/auth/jwks";
    public const string Agents = "/api/v1/agents";
    public const string Quickstart = Agents + "/quickstart";
    public const string Bootstrap = Agents + "/bootstrap";
    public const string Credentials = "/api/v1/credentials";
    public const string Delegations = "/api/v1/delegations";
    public const string Policies = "/api/v1/policies";
    public const string PolicySyntax = Policies + "/syntax";
    public const string Scopes = "/api/v1/scopes";
    public const string Webhooks = "/api/v1/webhooks";
    public const string Stats = "/api/v1/stats";
    public const string AuditEvents = "/api/v1/audit/events";
    public const string Claim = "/claim";
    public const string AgentConfiguration = "/.well-known/agent-configuration";
    public const string OpenIdConfiguration = "/.well-known/openid-configuration";
    public const string OAuthMetadata = "/.well-known/oauth-authorization-server";
    public const string Jwks = "/.well-known/jwks";
    public const string SignIn = "/sign-in";
    public const string Passkey = "/sign-in/passkey";
    public const string SecondStep = "/sign-in/second-step";
    public const string SelectAccount = "/select-account";
    public const string Consent = "/consent";
    public const string SignOut = "/sign-out";
    public const string SignedOut = "/signed-out";
}
