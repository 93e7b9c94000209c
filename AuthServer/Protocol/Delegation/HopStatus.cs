namespace AuthServer.Protocol.Delegation;

/// <summary>What the keeper of a token's status says about it.</summary>
public enum HopStatus
{
    /// <summary>The default: there is no answer, or only one that is too old. It denies.</summary>
    Unknown,

    Revoked,

    Live,
}
