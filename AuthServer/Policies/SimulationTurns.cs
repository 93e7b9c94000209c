using System.Collections.Concurrent;

namespace AuthServer.Policies;

/// <summary>One simulation of an organization at a time: each may cost seconds of everybody's processor.</summary>
public sealed class SimulationTurns
{
    /// <summary>When to ask again.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, byte> _running = new(StringComparer.Ordinal);

    /// <summary>False: one is running.</summary>
    public bool TryBegin(string organizationId) => _running.TryAdd(organizationId, 0);

    public void End(string organizationId) => _running.TryRemove(organizationId, out _);
}
