using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>A token request may ask for less than was granted, never for more.</summary>
internal static class Narrowing
{
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
        Target = rights.FamilyId,
        Reason = reason,
        Address = request.Origin.Address,
        UserAgent = request.Origin.UserAgent,
        CorrelationId = request.Origin.CorrelationId,
    };
}
