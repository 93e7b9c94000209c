using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>Whether a provider does its work, as far as calls and refreshes of the last minutes show.</summary>
/// <param name="Since">When the trouble began; null: there is none.</param>
/// <param name="Why">In one plain sentence.</param>
/// <param name="Scope">Who saw it; null: nobody called lately.</param>
[SnakeCase]
public sealed record ProviderStatus(ProviderState State, DateTimeOffset? Since, string Why, StatusScope? Scope)
{
    internal bool IsTrouble => State is ProviderState.Degraded or ProviderState.Down;
}

public enum ProviderState
{
    Operational,

    /// <summary>For some.</summary>
    Degraded,

    /// <summary>For nearly all.</summary>
    Down,

    /// <summary>Too little was called lately to say it.</summary>
    Unknown,
}

public enum StatusScope
{
    /// <summary>Several organizations of this server.</summary>
    Installation,

    /// <summary>Accounts of the caller's own organization.</summary>
    Organization,
}
