namespace AuthServer.Vault.Dialect;

/// <summary>Why something could not be done at a provider: one list for all of them, see <see cref="ProviderFaults"/>.</summary>
/// <param name="Code">One stable word.</param>
/// <param name="Words">What happened, in one plain sentence.</param>
/// <param name="NextStep">What to do, in one plain sentence.</param>
public sealed record ProviderFault(string Code, FaultKind Kind, string Words, string NextStep)
{
    /// <summary>How long the provider asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider's own word for it, for whoever looks closer: never a token, for what it says is cut to one.</summary>
    public string? ProviderCode { get; init; }
}

public enum FaultKind
{
    /// <summary>It passes by itself: nothing is believed of the account.</summary>
    Transient,

    /// <summary>Its owner has to link the account again, or to do something at the provider.</summary>
    Owner,

    /// <summary>The grant was taken back.</summary>
    Revoked,

    /// <summary>The connection's app or settings are wrong: no account can help, and none is to blame.</summary>
    Connection,

    /// <summary>It may have been done: the answer was lost.</summary>
    Uncertain,
}
