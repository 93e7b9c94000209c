using AuthServer.Http.OpenApi;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace AuthServer.Endpoints;

/// <summary>The protocol's endpoints for the OpenAPI document: what the standards say of them, as far as it holds here.</summary>
internal static class ProtocolDescriptions
{
    private static readonly ProtocolField[] ClientFields =
    [
        new("client_id", "Where it is not in the Authorization header or an assertion."),
        new("client_secret", "client_secret_post."),
        new("client_assertion_type", "private_key_jwt: urn:ietf:params:oauth:client-assertion-type:jwt-bearer."),
        new("client_assertion", "A JWT signed with the client's key, its audience the issuer, used once."),
    ];

    private static readonly ProtocolField Proof = new("DPoP", "A proof of possession for this request (RFC 9449 §4), where the token is to be bound to a key, or is.");

    public static ProtocolOperation Metadata { get; } = new(
        "OIDC Discovery §3, RFC 8414. One document, built from what this server can do.",
        [],
        [
            new("issuer", "What iss is in every token.", true), new("authorization_endpoint", null, true), new("token_endpoint", null, true), new("userinfo_endpoint", null, true),
            new("jwks_uri", null, true), new("introspection_endpoint", null, true), new("revocation_endpoint", null, true), new("end_session_endpoint", null, true),
            Many("scopes_supported"), Many("response_types_supported"), Many("response_modes_supported"), Many("grant_types_supported"), Many("subject_types_supported"),
            Many("id_token_signing_alg_values_supported"), Many("token_endpoint_auth_methods_supported"), Many("dpop_signing_alg_values_supported"),
            Many("code_challenge_methods_supported"), Many("claims_supported"),
        ]);

    public static ProtocolOperation AgentConfiguration { get; } = new(
        "For agents' libraries, built from what this server can do. Without the quickstart members no agent can register itself.",
        [],
        [
            new("issuer", "What iss is in every token.", true), new("token_endpoint", null, true), new("token_introspection_endpoint", null, true), new("token_revocation_endpoint", null, true),
            new("jwks_uri", null, true), new("registration_endpoint", "Bootstrap: an agent and its API key.", true), new("quickstart_endpoint", "The same with tokens."),
            new("agent_registration_endpoint", null, true), new("scopes_endpoint", null, true), new("policy_syntax_endpoint", null, true), Many("scopes_supported"), Many("grant_types_supported"),
            Many("agent_types_supported"), Many("trust_levels_supported"), new("token_lifetimes", "In seconds.", true, JsonSchemaType.Object), new("delegation", null, true, JsonSchemaType.Object),
            new("quickstart", null, false, JsonSchemaType.Object), new("agent_auth", "How an agent without an account gets one, and a person claims it.", false, JsonSchemaType.Object),
        ]);

    public static ProtocolOperation Jwks { get; } = new(
        "RFC 7517 §5. The next, current and retiring keys.", [], [new("keys", "JSON Web Keys.", true, JsonSchemaType.Array)]);

    public static ProtocolOperation Authorize { get; } = new(
        "RFC 6749 §4.1, OIDC Core §3.1. For a browser: it signs the person in, asks them, and goes back to redirect_uri with code, state and iss, or with error. "
        + "An unknown client or redirect_uri is shown on a page.",
        [
            new("client_id", null, true), new("response_type", "code", true), new("redirect_uri", "One that is registered, exactly; needed where there are several."),
            new("scope", "Separated by spaces; wildcards such as calendar:* become the known scopes below. Without it, all that the client is registered for."),
            new("state", "Comes back as it was sent."), new("nonce", "Comes back in the ID token."), new("code_challenge", "BASE64URL(SHA-256(code_verifier)) (RFC 7636)."),
            new("code_challenge_method", Pkce.Method), new("response_mode", "query or form_post."), new("resource", "An API that the tokens are for (RFC 8707); may be repeated.", false, JsonSchemaType.Array),
            new("prompt", "none, login, consent, select_account."), new("max_age", "Seconds since the sign-in, at most.", false, JsonSchemaType.Integer), new("login_hint", "An e-mail address."),
            new("id_token_hint", "Whom the client believes to be signed in."), new("claims", "Single claims, as JSON (OIDC Core §5.5)."), new("acr_values"), new("ui_locales"),
            new("requested_actor", "The agent that will act for the person, agt_…."), new("dpop_jkt", "The thumbprint of the key without which the code is worth nothing (RFC 9449 §10)."),
        ],
        null);

    public static ProtocolOperation Token { get; } = new(
        "RFC 6749 §3.2. Which fields belong to which grant: code, redirect_uri and code_verifier to authorization_code; refresh_token to refresh_token.",
        [
            new("grant_type", "By what right: one of grant_types_supported in the discovery document.", true), new("code", "From the authorization endpoint; good once, for a minute."),
            new("redirect_uri", "The one of the authorization request, where it named one."), new("code_verifier", "What code_challenge was made of."),
            new("refresh_token", "The newest; each is good once."), new("scope", "Fewer than granted, or what the client asks for itself."),
            new("resource", "The API that the token is for (RFC 8707); may be repeated.", false, JsonSchemaType.Array),
            new("actor_token", "An access token of the agent that acts for the person."), new("actor_token_type", "urn:ietf:params:oauth:token-type:access_token or …:jwt."),
            .. ClientFields,
        ],
        [
            new("access_token", "A JWT of type at+jwt (RFC 9068).", true), new("token_type", "Bearer, or DPoP when it is bound to a key.", true), new("expires_in", "Seconds.", true, JsonSchemaType.Integer),
            new("delegation_chain_tokens", "Of a delegated token that verifies offline: what stands before it in its chain, root first.", false, JsonSchemaType.Array),
            new("scope", "What was granted: concrete scopes, separated by spaces.", true), new("refresh_token", "Replaces the one that was sent."), new("id_token", "Who signed in, for openid."),
        ])
    {
        Errors = ["invalid_request", "invalid_grant", "invalid_scope", "invalid_target", "unauthorized_client", "unsupported_grant_type", "invalid_dpop_proof", "use_dpop_nonce"],
        InHeader = [Proof],
        Schemes = [SecuritySchemes.Client],
        SchemesAreOptional = true,
    };

    public static ProtocolOperation Introspect { get; } = new(
        "RFC 7662. For confidential clients, about their own tokens and those made for the APIs that they are. Whatever is wrong with the token, the answer says only that it is not active.",
        [new("token", "An access token or a refresh token.", true), new("token_type_hint", "Not needed."), .. ClientFields],
        [
            new("active", null, true, JsonSchemaType.Boolean), new("token_type", "Bearer, or DPoP when it is bound to a key."), new("iss"), new("sub", "The person usr_…, or the agent or client that acts for itself."),
            new("aud", "The APIs that it is for.", false, JsonSchemaType.String | JsonSchemaType.Array), new("client_id"), new("scope"), new("exp", null, false, JsonSchemaType.Integer), new("iat", null, false, JsonSchemaType.Integer),
            new("jti"), new("act", "The agent that acts for the person.", false, JsonSchemaType.Object),
            new("username", "In whose name it is: the agent's name; of a person the preferred_username, for the token's own client, where its scopes let userinfo say it."),
            new("agent_type", "Of the agent that acts."), new("trust_level", "Of the agent that acts."), new("parent_agent_id", "The agent that made the one that acts."),
            new("cnf", "jkt: the thumbprint of the key that the token is bound to (RFC 9449 §6).", false, JsonSchemaType.Object),
        ])
    {
        Errors = ["invalid_request", "invalid_client"],
        Schemes = [SecuritySchemes.Client],
        SchemesAreOptional = true,
    };

    public static ProtocolOperation Revoke { get; } = new(
        "RFC 7009. Unknown and dead tokens are answered like live ones.",
        [new("token", "An access token or a refresh token.", true), new("token_type_hint", "Not needed."), .. ClientFields],
        [])
    {
        Errors = ["invalid_request", "invalid_client"],
        Schemes = [SecuritySchemes.Client],
        SchemesAreOptional = true,
    };

    public static ProtocolOperation UserInfo { get; } = new(
        "OIDC Core §5.3. The token needs the scope openid and the issuer as its audience. A POST may carry it as access_token in a form instead of the header. A token that is bound to a key comes under the DPoP scheme, with a proof.",
        [],
        [.. PersonClaims.Names.Select(name => new ProtocolField(name, null, name == "sub", TypeOf(name)))])
    {
        Errors = ["invalid_request"],
        InHeader = [Proof],
        Schemes = [SecuritySchemes.Token],
        SchemesAreOptional = true,
    };

    public static ProtocolOperation EndSession { get; } = new(
        "OIDC RP-Initiated Logout. For a browser: without an id_token_hint of this very session the person confirms on a page.",
        [
            new("id_token_hint", "An ID token of the session to end."), new("client_id"), new("post_logout_redirect_uri", "Where to go then: one that is registered."),
            new("state", "Comes back as it was sent."),
        ],
        null);

    private static readonly ProtocolField[] ClientMetadata =
    [
        new("redirect_uris", "https, loopback or, for native clients, a private-use scheme.", true, JsonSchemaType.Array), new("client_name"),
        new("token_endpoint_auth_method", "none, private_key_jwt, client_secret_basic (without one) or client_secret_post."), new("application_type", "web or native."),
        new("grant_types", "authorization_code and refresh_token; others are left out of the answer.", false, JsonSchemaType.Array),
        new("response_types", "code", false, JsonSchemaType.Array), new("dpop_bound_access_tokens", "Never a bearer token (RFC 9449 §5.2).", false, JsonSchemaType.Boolean), new("jwks", "JSON Web Keys.", false, JsonSchemaType.Object), new("jwks_uri"),
    ];

    private static readonly ProtocolField[] RegistrationFields =
    [
        new("client_id", null, true), new("client_id_issued_at", "Seconds since 1970.", true, JsonSchemaType.Integer),
        new("registration_access_token", "Manages the registration. Public clients that say the same of themselves share one, which nobody manages."), new("registration_client_uri"),
        .. ClientMetadata,
    ];

    public static ProtocolOperation Register { get; } = new(
        "RFC 7591. Nobody vouches for such a client: people are warned, and it may ask only for APIs that are open to it. It is forgotten where nobody uses it.",
        ClientMetadata,
        [.. RegistrationFields, new("client_secret", "Shown once."), new("client_secret_expires_at", "0: it does not expire.", false, JsonSchemaType.Integer)])
    {
        IsJson = true,
        Status = StatusCodes.Status201Created,
        Errors = ["invalid_client_metadata", "invalid_redirect_uri"],
        Schemes = [SecuritySchemes.Registration],
        SchemesAreOptional = true,
    };

    public static ProtocolOperation ReadRegistration { get; } = new("RFC 7592 §2.1.", [], RegistrationFields)
    {
        InPath = [new("client_id")],
        Schemes = [SecuritySchemes.Registration],
    };

    public static ProtocolOperation ReplaceRegistration { get; } = new(
        "RFC 7592 §2.2. All of the metadata, as it shall be.", [new("client_id", null, true), .. ClientMetadata], RegistrationFields)
    {
        IsJson = true,
        InPath = [new("client_id")],
        Errors = ["invalid_client_metadata", "invalid_redirect_uri"],
        Schemes = [SecuritySchemes.Registration],
    };

    public static ProtocolOperation RemoveRegistration { get; } = new("RFC 7592 §2.3. All that the client has ends.", [], [])
    {
        Status = StatusCodes.Status204NoContent,
        InPath = [new("client_id")],
        Schemes = [SecuritySchemes.Registration],
    };

    private static ProtocolField Many(string name) => new(name, null, true, JsonSchemaType.Array);

    private static JsonSchemaType TypeOf(string claim) => claim switch
    {
        "address" => JsonSchemaType.Object,
        "updated_at" => JsonSchemaType.Integer,
        _ when claim.EndsWith("_verified", StringComparison.Ordinal) => JsonSchemaType.Boolean,
        _ => JsonSchemaType.String,
    };
}
