namespace AuthServer.Protocol.State;

/// <summary>Every kind of event that the protocol and the sign-in pages leave in the trail.</summary>
public static class AuditEventTypes
{
    public const string TokenIssued = "token.issued";
    public const string TokenRefused = "token.refused";
    public const string TokenRevoked = "token.revoked";
    public const string TokenReplayed = "token.replayed";
    public const string TokenVerified = "token.verified";
    public const string CodeIssued = "authorization_code.issued";
    public const string AuthorizationRefused = "authorization.refused";
    public const string ConsentGranted = "consent.granted";
    public const string ConsentDenied = "consent.denied";
    public const string ConsentRevoked = "consent.revoked";
    public const string ClientRegistered = "client.registered";
    public const string ClientUpdated = "client.updated";
    public const string ClientRemoved = "client.removed";
    public const string UserRegistered = "user.registered";
    public const string UserSignedIn = "user.signed_in";
    public const string UserSignInRefused = "user.sign_in_refused";
    public const string UserSignedOut = "user.signed_out";
    public const string UserRemoved = "user.removed";
    public const string PasswordChanged = "user.password_changed";
    public const string AccessRefused = "access.refused";
    public const string KeyCreated = "key.created";
    public const string KeyRotated = "key.rotated";
    public const string KeyRevoked = "key.revoked";
    public const string ConfigurationApplied = "configuration.applied";
}

public static class AuditOutcomes
{
    public const string Success = "success";
    public const string Denied = "denied";
}
