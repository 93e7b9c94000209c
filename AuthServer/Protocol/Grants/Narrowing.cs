using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>A token request may ask for less than was granted, never for more.</summary>
internal static class Narrowing
{
    /// <summary>Of what was granted, the scopes count that the client, and the agent that acts through it, may still ask for.</summary>
    public static async ValueTask<Result<IReadOnlyList<string>>> HeldAsync(TokenRequest request, GrantedRights rights, CancellationToken ct)
    {
        var other = rights.Actor is { } actor && actor.Id != request.Client.Agent?.Id ? actor : null;
        var agent = other is null ? null : await request.FindAgentAsync(other.Id, ct);
        if (other is not null && agent is null)
        {
            return OAuthError.InvalidGrant("actor_not_active");
        }

        bool Holds(string scope) => request.Client.MayAsk(scope) && (agent is null || ScopeNames.OfPeople.Contains(scope) || agent.Covers(scope));
        var held = rights.Scopes.All(Holds) ? rights.Scopes : [.. rights.Scopes.Where(Holds)];
        return held.Count > 0 || rights.Scopes.Count == 0 ? Result.Of(held) : OAuthError.InvalidGrant("no_scope_left");
    }

    /// <summary>RFC 6749 §6. The refresh token keeps all that was granted; only the access token is narrower.</summary>
    public static Result<IReadOnlyList<string>> Scopes(TokenRequest request, IReadOnlyList<string> granted)
    {
        if (request.Form["scope"] is not { } list)
        {
            return Result.Of(granted);
        }

        return ScopeNames.Parse(list) is { } asked && asked.All(granted.Contains)
            ? Result.Of(asked)
            : OAuthError.InvalidScope("The scope goes beyond what was granted.");
    }

    /// <summary>RFC 8707 §2.2. Of what was granted, the resources count that are still registered: one that is gone gets no new tokens.</summary>
    public static Result<IReadOnlyList<string>> Resources(TokenRequest request, IReadOnlyList<string> granted)
    {
        bool IsLive(string uri) => request.Resources.TryGetValue(uri, out var server) && server.IsFor(request.Client);
        if (request.Form.Resources.Count == 0)
        {
            var live = granted.All(IsLive) ? granted : [.. granted.Where(IsLive)];

            // None left must not turn into the issuer, which is what no resource at all means.
            return live.Count > 0 || granted.Count == 0 ? Result.Of(live) : OAuthError.InvalidTarget("The resource is not known here any longer.");
        }

        string?[] asked = [.. request.Form.Resources.Select(ResourceServer.Canonical).Distinct(StringComparer.Ordinal)];
        return asked.All(uri => uri is not null && granted.Contains(uri) && IsLive(uri))
            ? Result.Of<IReadOnlyList<string>>(asked!)
            : OAuthError.InvalidTarget("The resource goes beyond what was granted, or is not known here any longer.");
    }

    public static AuditEvent Replayed(GrantedRights rights, string reason, TokenRequest request) => new()
    {
        Id = Identifiers.New("aud_", request.Now),
        At = request.Now,
        Type = AuditEventTypes.TokenReplayed,
        Outcome = AuditOutcomes.Denied,
        Subject = rights.Subject,
        ClientId = request.Client.ClientId,
        AgentId = rights.Actor?.Id,
        OrganizationId = rights.Actor?.OrganizationId,
        Target = rights.FamilyId,
        Reason = reason,
        Address = request.Origin.Address,
        UserAgent = request.Origin.UserAgent,
        CorrelationId = request.Origin.CorrelationId,
    };
}
