namespace AuthServer.Protocol.Authorize;

/// <summary>What a person can sign in with that is stronger than a password.</summary>
[Flags]
public enum Factors
{
    None = 0,

    /// <summary>Codes of an authenticator app, after the password.</summary>
    Code = 1,

    Passkey = 2,
}
