namespace AuthServer.Audit;

/// <summary>A signed statement of where chains stood at a moment.</summary>
public sealed class AuditCheckpoint
{
    /// <summary><c>chk_</c> and a ULID, of the moment.</summary>
    public string Id { get; set; } = "";

    /// <summary>The process that made it: <c>wrt_…</c>.</summary>
    public string Node { get; set; } = "";

    /// <summary>The statement, a JWS.</summary>
    public string Token { get; set; } = "";
}
