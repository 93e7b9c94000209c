namespace AuthServer.Protocol.Authorize;

/// <summary>What a person granted a client before.</summary>
/// <param name="Id">The authorization's row id.</param>
/// <param name="RedirectHost">Where the client was when it was granted: scheme and host of the redirect URI.</param>
/// <param name="Resources">RFC 8707 resources it was granted for; empty: the issuer.</param>
/// <param name="ExpiresAt">Null: until taken back.</param>
/// <param name="ActorId">The agent that it lets act, where that is not the client itself.</param>
public sealed record RememberedAuthorization(
    string Id,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Resources,
    string RedirectHost,
    DateTimeOffset? ExpiresAt,
    string? ActorId)
{
    /// <summary>Same redirect host, same acting agent, and nothing wider than what was granted.</summary>
    public bool Covers(AuthorizeRequest request, DateTimeOffset now) =>
        (ExpiresAt is null || ExpiresAt > now)
        && RedirectHost == HostOf(request.Redirect.Uri)
        && ActorId == request.OtherActorId
        && request.Asked.All(Scopes.Contains)
        && (request.Target.Resources.Count == 0 ? Resources.Count == 0 : request.Target.Resources.All(Resources.Contains));

    /// <summary>Scheme, host and port of a redirect URI; of a private-use scheme the scheme alone.</summary>
    public static string HostOf(string redirectUri)
    {
        var uri = new Uri(redirectUri);
        return uri.Scheme is "https" or "http" ? uri.GetLeftPart(UriPartial.Authority) : uri.Scheme + ":";
    }
}
