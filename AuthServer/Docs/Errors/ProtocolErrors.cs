namespace AuthServer.Docs.Errors;

/// <summary>Errors of OAuth and OpenID Connect.</summary>
internal static class ProtocolErrors
{
    public static ErrorSection Section { get; } = new(
        "OAuth and OpenID Connect",
        "Answers of `/connect/…` and of the token routes below `/api/v1/auth`. What is wrong with the client or its redirect address is shown on a page instead: no address is trusted then.",
        [
            new("invalid_request", "400", "A parameter is missing, twice there, too long or not of its form; on the REST API, a field of the body or the query.", "Read `error_description`, or `errors`, which names each field; correct the request."),
            new("invalid_client", "401", "The client is unknown, or what it proves itself with is wrong, expired or not of the kind that it registered; or it is an application that is disabled, or an agent that is suspended. All causes look alike.", "Check the client id, the secret and the method (`client_secret_basic` escapes both). For `private_key_jwt`: `aud` is the issuer alone, `jti` is new, the clock is right, the key is registered. An application that is disabled is enabled again, and an agent that is suspended resumed, by whoever stopped it."),
            new("invalid_grant", "400", "The code, refresh token or assertion is wrong, expired, used, revoked, another client's, or its PKCE verifier or redirect address does not match. All causes look alike.", "Begin the flow again. A refresh token is good once: keep the newest, and let one process refresh. If a whole family ended, one of its tokens was used twice; see the trail."),
            new("unauthorized_client", "400", "The client may not use this grant or response type.", "Add the grant to the client's `GrantTypes`; grants without a person need a confidential client."),
            new("unsupported_grant_type", "400", "This server knows no such grant.", "Use one of `grant_types_supported` in the discovery document."),
            new("unsupported_response_type", "Redirect", "Only `response_type=code` is offered.", "Use the authorization code flow with PKCE."),
            new("invalid_scope", "400 or redirect", "A scope is unknown, not the client's to ask for, beyond what was granted, or not of the API that the token is for.", "Compare with the client's or agent's scopes and with `scopes_supported`; ask for less."),
            new("invalid_target", "400 or redirect", "`resource` or `audience` names no API that is known here, that this client may ask for, or that fits the other ones.", "Register the [API](resource-servers.md), and give the client the right to ask for it. Send exactly its URL."),
            new("invalid_dpop_proof", "400 or 401", "The DPoP proof is missing, malformed, for another request, too old, used before, or of another key than the token's.", "Make a new proof for each request: `htm`, `htu`, `iat`, a new `jti`, with a token also `ath`. Check the clock. See [DPoP](dpop.md)."),
            new("use_dpop_nonce", "400 or 401", "The proof must hold a nonce of this server.", "Make it again with the nonce of the answer's `DPoP-Nonce` header, and send the request once more. Nothing was decided yet."),
            new("access_denied", "Redirect, or a link that failed", "The person, or a rule, said no: here or at the provider.", "Tell the person what was not granted. Ask again only when they begin it."),
            new("login_required", "Redirect", "The request said `prompt=none`, and nobody is signed in, or not recently enough.", "Send the request without `prompt=none`, so that the person can sign in."),
            new("consent_required", "Redirect", "The request said `prompt=none`, and the person has not allowed this yet.", "Send the request without `prompt=none`, so that the person can decide."),
            new("unmet_authentication_requirements", "Redirect", "The strength that `acr_values` or `claims` demand cannot be reached by this person.", "Ask for less, or let the person add a [passkey or a second factor](strong-sign-in.md)."),
            new("request_not_supported", "Redirect", "Request objects are not read.", "Send the parameters as they are, without `request`."),
            new("request_uri_not_supported", "Redirect", "Request objects are not fetched.", "Send the parameters as they are, without `request_uri`."),
            new("registration_not_supported", "Redirect", "Self-issued registration is not offered.", "Leave `registration` out; register at `/connect/register`."),
            new("invalid_client_metadata", "400", "A member of a client's registration has a value that is not taken.", "Correct the member that `error_description` names; see [MCP clients](mcp-clients.md)."),
            new("invalid_redirect_uri", "400", "A redirect address is missing, or is none that this kind of client may have.", "Use https, a loopback address, or for native clients a private-use scheme with a dot; no fragment, no user info."),
            new("invalid_token", "401", "The access token is missing, malformed, expired, revoked, or not for this endpoint.", "Get a new one. If it was revoked, a person or a member has stopped it: ask before you begin again."),
            new("insufficient_scope", "403", "The token or credential is good, but does not cover this.", "Ask for the scope that `WWW-Authenticate` or the detail names. No retry helps."),
            new("server_error", "500 or redirect", "An outage or a bug here.", "Try again once, later. If it goes on, give `traceId` to the operator."),
            new("too_many_requests", "429", "A limit of requests or of failed attempts is used up: per address, key, agent or account.", "Wait as long as `Retry-After` says. Operators set the limits: [`AuthServer:RateLimits`](configuration-keys.md#authserverratelimits)."),
        ]);
}
