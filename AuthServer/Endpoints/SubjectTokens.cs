using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints;

/// <summary>Reads a verified access token of ours as the subject of an exchange.</summary>
internal static class SubjectTokens
{
    /// <summary>Null: it lacks what tokens of ours have.</summary>
    public static SubjectToken? Read(JwtClaims claims)
    {
        if (claims.Text("sub") is not { } subject || claims.Text("client_id") is not { } clientId
            || !claims.TryGetStrings("aud", out var audience) || claims.Time("exp") is not { } expires
            || ActorsOf(claims) is not { } actors)
        {
            return null;
        }

        var scopes = ScopeNames.Parse(claims.Text("scope") ?? "") ?? [];
        return new SubjectToken
        {
            Subject = subject,
            ClientId = clientId,
            Actors = actors,
            CurrentActor = actors.Count > 0 ? actors[0] : claims.Has(AccessToken.Names.AgentType) ? subject : null,
            Scopes = scopes,
            Audience = [.. audience],
            ExpiresAt = expires,
            DelegationId = claims.Text(AccessToken.Names.DelegationId),
            MayAct = claims.TryGetObject("may_act", out var named) ? named.Text("sub") ?? "" : claims.Has("may_act") ? "" : null,
            KeyThumbprint = PresentedTokens.KeyOf(claims),
            KeyIds = claims.TryGetStrings(AccessToken.Names.KeyIds, out var keys) ? keys : [],
            Rights = RightsOf(claims, subject, scopes),
        };
    }

    /// <summary>Null where one of them has no name.</summary>
    private static List<string>? ActorsOf(JwtClaims claims)
    {
        List<string> actors = [];
        for (var current = claims; current.TryGetObject("act", out var act); current = act)
        {
            if (act.Text("sub") is not { } actor)
            {
                return null;
            }

            actors.Add(actor);
        }

        return actors;
    }

    private static GrantedRights? RightsOf(JwtClaims claims, string subject, IReadOnlyList<string> scopes) =>
        claims.Text(AccessToken.Names.FamilyId) is { } family && claims.Text(AccessToken.Names.AuthorizationId) is { } authorization
            ? new GrantedRights
            {
                AuthorizationId = authorization,
                FamilyId = family,
                SubjectFamilyId = claims.Text(AccessToken.Names.SubjectFamilyId),
                ApplicationId = "",
                Subject = subject,
                Scopes = scopes,
                SessionId = claims.Text("sid") ?? "",
                AuthTime = claims.Time("auth_time") ?? default,
                Acr = claims.Text("acr"),
            }
            : null;
}
