namespace AuthServer.Agents;

/// <summary>How a secret is replaced.</summary>
public sealed class SecretRotation
{
    /// <summary>How long the present secret goes on beside the new one, in seconds: 0 to 604800 (a week). Left out: 0, it is dead at once.</summary>
    public int OverlapSeconds { get; set; }
}
