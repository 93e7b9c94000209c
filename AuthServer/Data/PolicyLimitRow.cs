namespace AuthServer.Data;

/// <summary>What was taken lately from one limit of a policy.</summary>
public sealed class PolicyLimitRow
{
    /// <summary>See <see cref="AuthServer.Policies.Engine.LimitTake.Key"/>.</summary>
    public string Key { get; set; } = "";

    /// <summary>A <see cref="AuthServer.Policies.Engine.SlidingWindow"/> as text.</summary>
    public string State { get; set; } = "";

    /// <summary>From when on nothing of it counts.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
}
