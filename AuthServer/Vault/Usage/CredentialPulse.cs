namespace AuthServer.Vault.Usage;

/// <summary>How calls with one credential fared last: an account's token, or a connection's API key.</summary>
public sealed class CredentialPulse
{
    public string ConnectionId { get; set; } = "";

    /// <summary><c>ca_…</c>; empty: the connection's API key.</summary>
    public string AccountId { get; set; } = "";

    /// <summary>When it was told of last.</summary>
    public DateTimeOffset ToldAt { get; set; }

    /// <summary>The last call or refresh that went well; null: none did.</summary>
    public DateTimeOffset? SucceededAt { get; set; }

    public DateTimeOffset? FailedAt { get; set; }

    /// <summary>When it was seen last whether the provider does its work; null: never.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    /// <summary>What was seen then; null: it does.</summary>
    public ProviderTrouble? Trouble { get; set; }

    public DateTimeOffset? TroubledSince { get; set; }

    /// <summary>What the provider said last of how many calls there are; null: nothing.</summary>
    public long? QuotaLimit { get; set; }

    public long? QuotaLeft { get; set; }

    public DateTimeOffset? QuotaResetsAt { get; set; }

    public DateTimeOffset? QuotaSeenAt { get; set; }

    /// <summary>Takes over what somebody saw later.</summary>
    /// <param name="later">Of the same credential.</param>
    public void Follow(CredentialPulse later)
    {
        (ToldAt, SucceededAt, FailedAt) = (Later(ToldAt, later.ToldAt)!.Value, Later(SucceededAt, later.SucceededAt), Later(FailedAt, later.FailedAt));
        if (later.SeenAt is not null && (SeenAt is null || later.SeenAt >= SeenAt))
        {
            // Nothing good was seen in between: it is the same trouble.
            var goesOn = Trouble is not null && later.Trouble is not null && !later.WasSeenWell;
            (SeenAt, Trouble, TroubledSince) = (later.SeenAt, later.Trouble, goesOn ? TroubledSince : later.TroubledSince);
        }

        WasSeenWell |= later.WasSeenWell;
        if (later.QuotaSeenAt is not null && (QuotaSeenAt is null || later.QuotaSeenAt >= QuotaSeenAt))
        {
            (QuotaLimit, QuotaLeft, QuotaResetsAt, QuotaSeenAt) = (later.QuotaLimit, later.QuotaLeft, later.QuotaResetsAt, later.QuotaSeenAt);
        }
    }

    /// <summary>Whether the provider did its work at any time in what is told here.</summary>
    internal bool WasSeenWell { get; set; }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;
}
