using AuthServer.Policies.Engine;

namespace AuthServer.Endpoints.Rest;

/// <summary>A consent that an agent has filed and a person has not answered yet.</summary>
/// <param name="ConsentId">Names it in this API's paths; who knows it can read what is asked.</param>
/// <param name="ConsentUrl">Where the person answers.</param>
/// <param name="UserId">The only person who may answer; absent: anybody.</param>
public sealed record FiledConsent(
    string ConsentId,
    string ConsentUrl,
    string Status,
    FiledConsentAgent Agent,
    string? UserId,
    IReadOnlyList<string> RequestedScopes,
    IReadOnlyList<FiledConsentScope> Scopes,
    string RedirectUri,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt)
{
    public string Id => ConsentId;
}

public sealed record FiledConsentAgent(string? Id, string ClientId, string Name);

public sealed record FiledConsentScope(string Name, string? Title, string? Description, string Category, RiskLevel RiskLevel, bool Required);

/// <summary>A person's answer.</summary>
/// <param name="Status">approved or denied.</param>
/// <param name="RedirectUrl">Where the browser goes on: the agent's redirect URI with the answer.</param>
/// <param name="Code">For the agent's exchange; absent where it was denied.</param>
public sealed record AnsweredConsent(string Status, string RedirectUrl, string? Code, IReadOnlyList<string> GrantedScopes);
