using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Usage;

/// <summary>What came of one call through the vault.</summary>
public sealed record CallOutcome
{
    /// <summary>Of the provider's answer; null: there was none.</summary>
    public int? Status { get; init; }

    /// <summary>Why there was none, as this server told the caller.</summary>
    public string? Code { get; init; }

    public TimeSpan Took { get; init; }

    /// <summary>Whether the provider said that there were too many.</summary>
    public bool IsRateLimited { get; init; }

    /// <summary>What the provider said of how much is left; null: nothing.</summary>
    public Quota? Quota { get; init; }

    /// <summary>Whether the call was on its way: what was stopped here says nothing of the provider.</summary>
    internal bool WasAsked => Status is not null || Code is "provider_timeout" or "provider_unreachable";

    internal string? Error => Status is < 400 ? null : Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Code ?? ErrorCounts.Other;

    /// <summary>How the provider failed; null: it did not, or was not asked.</summary>
    internal ProviderTrouble? Trouble => Status is >= 500 ? ProviderTrouble.ServerErrors : Status is null && WasAsked ? ProviderTrouble.NoAnswer : null;
}

/// <summary>How a provider fails: what no customer of it can be blamed for.</summary>
public enum ProviderTrouble
{
    /// <summary>Its API cannot be reached, or does not answer.</summary>
    NoAnswer,

    /// <summary>Its API answers with 5xx.</summary>
    ServerErrors,

    /// <summary>Its token endpoint does either.</summary>
    NoTokens,
}
