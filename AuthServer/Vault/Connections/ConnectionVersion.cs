namespace AuthServer.Vault.Connections;

/// <summary>What a connection was after one of its changes. It holds no secret.</summary>
public sealed class ConnectionVersion
{
    public string ConnectionId { get; set; } = "";

    /// <summary>The connection's version that this was.</summary>
    public int Number { get; set; }

    public string OrganizationId { get; set; } = "";

    /// <summary>A JSON object: <see cref="ConnectionSnapshot"/>.</summary>
    public string Snapshot { get; set; } = "{}";

    /// <summary>What was changed, as paths of the snapshot: a JSON list.</summary>
    public string Changed { get; set; } = "[]";

    public bool SecretChanged { get; set; }

    /// <summary>Who did it, <c>usr_…</c>; null: the server itself.</summary>
    public string? ChangedBy { get; set; }

    public DateTimeOffset At { get; set; }
}
