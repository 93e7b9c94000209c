namespace AuthServer.Protocol.State;

public enum TokenStatus
{
    /// <summary>The default, so that what cannot be read is dead.</summary>
    Revoked,
    Redeemed,
    Valid,
}
