namespace AuthServer.Data;

/// <summary>One entry of the revocation index, as it is kept for the next start.</summary>
public sealed class RevocationRow
{
    /// <summary>A <see cref="AuthServer.Protocol.State.RevocationKind"/>.</summary>
    public int Kind { get; set; }

    public string Id { get; set; } = "";

    public DateTimeOffset Moment { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
