namespace AuthServer.Protocol.Clients;

/// <summary>The key or certificate by which a client has proven itself, where that bounds what it may do.</summary>
/// <param name="Id"><c>key_…</c>, also the authorization that an API key's families of tokens hang on; or <c>cert_…</c></param>
/// <param name="Scopes">Null: all that the agent may ask for.</param>
/// <param name="TokenLifetime">Of access tokens; null: the client's own.</param>
/// <param name="ExpiresAt">Nothing that comes from it outlives it; null: it does not expire.</param>
public sealed record ClientKey(string Id, IReadOnlyList<string>? Scopes, TimeSpan? TokenLifetime, DateTimeOffset? ExpiresAt)
{
    /// <summary>The organization's certificate, which gives no refresh tokens: whoever holds it signs the next assertion.</summary>
    public bool IsCertificate { get; init; }
}
