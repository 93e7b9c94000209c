using AuthServer.Jose;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>What an access token of ours, presented as a <c>subject_token</c>, gives to whoever exchanges it.</summary>
/// <param name="Actors">The agents of its <c>act</c>, latest first.</param>
/// <param name="CurrentActor">The agent that acts in it now, for another or for itself; null: no agent does.</param>
/// <param name="MayAct">RFC 8693 §4.4: the only one who may act for its subject; null: it does not say.</param>
internal sealed record SubjectToken(
    string Subject,
    string ClientId,
    IReadOnlyList<string> Actors,
    string? CurrentActor,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Audience,
    DateTimeOffset ExpiresAt,
    string? DelegationId,
    string? MayAct,
    JwtClaims Claims)
{
    /// <summary>Null: it lacks what tokens of ours have.</summary>
    public static SubjectToken? Read(JwtClaims claims)
    {
        if (Text(claims, "sub") is not { } subject || Text(claims, "client_id") is not { } clientId
            || !claims.TryGetStrings("aud", out var audience) || !claims.TryGetNumericDate("exp", out var expires))
        {
            return null;
        }

        List<string> actors = [];
        for (var current = claims; current.TryGetObject("act", out var act); current = act)
        {
            if (Text(act, "sub") is not { } actor)
            {
                return null;
            }

            actors.Add(actor);
        }

        var itself = actors.Count == 0 && claims.Has(AccessToken.Names.AgentType) ? subject : null;
        return new SubjectToken(
            subject, clientId, actors, actors.FirstOrDefault() ?? itself, ScopeNames.Parse(Text(claims, "scope") ?? "") ?? [], audience,
            DateTimeOffset.FromUnixTimeSeconds(expires), Text(claims, AccessToken.Names.DelegationId),
            claims.TryGetObject("may_act", out var named) ? Text(named, "sub") ?? "" : claims.Has("may_act") ? "" : null, claims);
    }

    /// <summary>API keys that it came by.</summary>
    public IReadOnlyList<string> KeyIds => Claims.TryGetStrings(AccessToken.Names.KeyIds, out var ids) ? ids : [];

    /// <summary>The person's grant that it comes from, so that what is made of it ends with that; null: it has none.</summary>
    public GrantedRights? Rights(string applicationId) =>
        Text(Claims, AccessToken.Names.FamilyId) is { } family && Text(Claims, AccessToken.Names.AuthorizationId) is { } authorization
            ? new GrantedRights
            {
                AuthorizationId = authorization,
                FamilyId = family,
                ApplicationId = applicationId,
                Subject = Subject,
                Scopes = Scopes,
                SessionId = Text(Claims, "sid") ?? "",
                AuthTime = Claims.TryGetNumericDate("auth_time", out var time) ? DateTimeOffset.FromUnixTimeSeconds(time) : default,
                Acr = Text(Claims, "acr"),
            }
            : null;

    private static string? Text(JwtClaims claims, string name) => claims.TryGetString(name, out var value) ? value : null;
}
