using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Refresh;

/// <summary>What an account has after somebody looked after it: tokens, or a fault, or both while the old tokens still hold.</summary>
internal sealed record RefreshOutcome
{
    /// <summary>Null: there are none that could be used.</summary>
    public TokenSet? Tokens { get; init; }

    public ProviderFault? Fault { get; init; }

    /// <summary>When it is tried again; null: when somebody asks, or never.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    public static RefreshOutcome Of(TokenSet tokens) => new() { Tokens = tokens };

    public static RefreshOutcome Of(ProviderFault fault, DateTimeOffset? retryAt = null) => new() { Fault = fault, RetryAt = retryAt };

    public override string ToString() => $"RefreshOutcome {Fault?.Code} (redacted)";
}
