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
}

/// <param name="Owner">The organization that answers for it.</param>
public sealed record PersonalConsentAgent(string Id, string Name, string? Description, string? HomepageUrl, string Status, string Owner);

public sealed record PersonalConsentScope(string Name, string Title, string Description, string Category, RiskLevel RiskLevel);
