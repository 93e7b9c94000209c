namespace AuthServer.Consents;

/// <summary>All that one agent, or one application, may do for a person, by however many consents: a person stops them together.</summary>
/// <param name="Consents">Newest first; at least one.</param>
public sealed record ActingConsents(IReadOnlyList<PersonalConsent> Consents)
{
    public PersonalConsent Newest => Consents[0];

    /// <inheritdoc cref="PersonalConsent.ActsNow"/>
    public bool ActsNow => Newest.ActsNow;

    /// <inheritdoc cref="PersonalConsent.HasEnded"/>
    public bool HasEnded => Newest.HasEnded;

    public IReadOnlyList<PersonalConsentScope> Scopes { get; } =
        [.. Consents.SelectMany(consent => consent.Scopes).DistinctBy(scope => scope.Name, StringComparer.Ordinal)];

    /// <summary>When the last of them ends of itself; null: each was for one time, and ends with its tokens.</summary>
    public DateTimeOffset? ExpiresAt => Consents.Max(consent => consent.ExpiresAt);

    public DateTimeOffset? LastUsedAt => Consents.Max(consent => consent.LastUsedAt);

    /// <summary>Grouped by who acts, and through which application; who was allowed something last comes first.</summary>
    public static IReadOnlyList<ActingConsents> Of(IReadOnlyList<PersonalConsent> consents) =>
        [.. consents.GroupBy(consent => (consent.ClientId, consent.Agent?.Id)).Select(group => new ActingConsents([.. group]))];
}
