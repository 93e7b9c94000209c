using System.Text.Json.Serialization;
using AuthServer.Policies.Engine;

namespace AuthServer.Consents;

/// <summary>What one agent or application may do for a person, as the person sees it.</summary>
/// <param name="Id"><c>con_…</c></param>
/// <param name="Agent">The agent that acts; absent where an ordinary application does.</param>
/// <param name="RedirectHost">Where it was when the person agreed.</param>
/// <param name="Resources">The protected APIs that it is for; empty: this server's own.</param>
/// <param name="ExpiresAt">When the person will be asked again; absent: it was for one time, and ends with its tokens.</param>
/// <param name="LastUsedAt">When it last got tokens by it; absent: never.</param>
public sealed record PersonalConsent(
    string Id,
    string ClientId,
    string ClientName,
    PersonalConsentAgent? Agent,
    IReadOnlyList<PersonalConsentScope> Scopes,
    string RedirectHost,
    IReadOnlyList<string> Resources,
    DateTimeOffset GrantedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt)
{
    /// <summary>The agent's own name, else the application's.</summary>
    public string Name => Agent?.Name ?? ClientName;

    /// <summary>The client is switched off: it may come back, and gets nothing until then.</summary>
    [JsonIgnore]
    public bool ClientIsDisabled { get; init; }

    /// <summary>When the application was removed for good; null: it was not.</summary>
    [JsonIgnore]
    public DateTimeOffset? ClientRemovedAt { get; init; }

    /// <summary>Nothing can come of it any more.</summary>
    [JsonIgnore]
    public bool HasEnded => ClientRemovedAt is not null || Agent is { IsRevoked: true };

    /// <summary>Whoever is stopped may come back, and does not act now.</summary>
    [JsonIgnore]
    public bool ActsNow => !HasEnded && !ClientIsDisabled && Agent is not { IsSuspended: true };
}

/// <param name="Owner">The organization that answers for it.</param>
public sealed record PersonalConsentAgent(string Id, string Name, string? Description, string? HomepageUrl, string Status, string Owner)
{
    /// <summary>When it was suspended or revoked; null: it is active.</summary>
    [JsonIgnore]
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>When the organization was suspended, with all that it runs; null: it is not.</summary>
    [JsonIgnore]
    public DateTimeOffset? OwnerSuspendedAt { get; init; }

    /// <summary>For good.</summary>
    [JsonIgnore]
    public bool IsRevoked => Status == "revoked";

    /// <summary>It may come back, and does nothing until then.</summary>
    [JsonIgnore]
    public bool IsSuspended => !IsRevoked && (Status == "suspended" || OwnerSuspendedAt is not null);
}

public sealed record PersonalConsentScope(string Name, string Title, string Description, string Category, RiskLevel RiskLevel);
