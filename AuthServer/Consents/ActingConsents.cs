namespace AuthServer.Consents;

/// <summary>All that one agent, or one application, may do for a person, by however many consents: a person stops them together.</summary>
/// <param name="Consents">Newest first; at least one.</param>
public sealed record ActingConsents(IReadOnlyList<PersonalConsent> Consents)
{
    public PersonalConsent Newest => Consents[0];

    /// <summary>Whoever is suspended may come back, and does not act now.</summary>
    public bool ActsNow => Newest.Agent is not { IsRevoked: true } and not { IsSuspended: true };

    /// <summary>The agent was revoked: nothing can come of these any more.</summary>
    public bool HasEnded => Newest.Agent is { IsRevoked: true };

    public IReadOnlyList<PersonalConsentScope> Scopes { get; } =
        [.. Consents.SelectMany(consent => consent.Scopes).DistinctBy(scope => scope.Name, StringComparer.Ordinal)];

    /// <summary>When the last of them ends of itself; null: each was for one time, and ends with its tokens.</summary>
    public DateTimeOffset? ExpiresAt => Consents.Max(consent => consent.ExpiresAt);

    public DateTimeOffset? LastUsedAt => Consents.Max(consent => consent.LastUsedAt);

    /// <summary>Grouped by who acts, and through which application; who was allowed something last comes first.</summary>
    public static IReadOnlyList<ActingConsents> Of(IReadOnlyList<PersonalConsent> consents) =>
        [.. consents.GroupBy(consent => (consent.ClientId, consent.Agent?.Id)).Select(group => new ActingConsents([.. group]))];
}
