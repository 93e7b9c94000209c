namespace AuthServer.Protocol;

/// <summary>An error of RFC 6749 and its extensions, as a value.</summary>
/// <param name="Code">The wire's <c>error</c>.</param>
/// <param name="Description">One plain sentence for the client's developer: the wire's <c>error_description</c>.</param>
/// <param name="Reason">Why, in one stable word for the log and the trail; never on the wire.</param>
public sealed record OAuthError(string Code, string Description, string? Reason = null)
{
    private const string NonceCode = "use_dpop_nonce";

    public static OAuthError InvalidRequest(string description, string? reason = null) => new("invalid_request", description, reason);

    public static OAuthError InvalidClient(string reason) => new("invalid_client", "Client authentication failed.", reason);

    /// <summary>One public sentence for every way a grant can fail: the caller learns nothing about which.</summary>
    public static OAuthError InvalidGrant(string reason) =>
        new("invalid_grant", "The grant is invalid, expired, revoked or was issued to another client.", reason);

    public static OAuthError UnauthorizedClient(string description) => new("unauthorized_client", description);

    public static OAuthError UnsupportedGrantType(string description) => new("unsupported_grant_type", description);

    public static OAuthError UnsupportedResponseType(string description) => new("unsupported_response_type", description);

    public static OAuthError InvalidScope(string description, string? reason = null) => new("invalid_scope", description, reason);

    public static OAuthError InvalidTarget(string description, string? reason = null) => new("invalid_target", description, reason);

    /// <summary>Whether nothing is decided yet: the sender is to ask again. Such answers are neither counted nor told to the trail.</summary>
    public bool IsNonceAsked => Code == NonceCode;

    /// <summary>RFC 9449 §5 and §7: one sentence for whatever is wrong with a DPoP proof.</summary>
    public static OAuthError InvalidDPoPProof(string reason) =>
        new("invalid_dpop_proof", "The DPoP proof is missing or malformed, is not for this request, or was used before.", reason);

    /// <summary>RFC 9449 §8: the nonce is in the answer's <c>DPoP-Nonce</c>.</summary>
    public static OAuthError UseDPoPNonce(string reason) => new(NonceCode, "Make the DPoP proof again, with the nonce of this answer's DPoP-Nonce.", reason);

    public static OAuthError AccessDenied(string description, string? reason = null) => new("access_denied", description, reason);

    public static OAuthError LoginRequired { get; } = new("login_required", "The person must sign in first.");

    public static OAuthError ConsentRequired { get; } = new("consent_required", "The person must consent first.");

    public static OAuthError ServerError { get; } = new("server_error", "The server could not complete the request. Try again.");
}
