namespace AuthServer.Vault.Refresh;

/// <summary>How many of a connection's accounts were refused lately, and until when such refusals are not believed.</summary>
public sealed class RefreshCircuit
{
    public string ConnectionId { get; set; } = "";

    public DateTimeOffset Since { get; set; }

    public int Refused { get; set; }

    /// <summary>Null: nothing was held yet.</summary>
    public DateTimeOffset? HeldUntil { get; set; }
}
