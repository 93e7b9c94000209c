namespace AuthServer.Protocol.Clients;

/// <summary>The one of an agent's keys that it has proven itself by, where that bounds what it may do.</summary>
/// <param name="Id"><c>key_…</c>; also the authorization that the key's families of tokens hang on.</param>
/// <param name="Scopes">Null: all that the agent may ask for.</param>
/// <param name="TokenLifetime">Of access tokens; null: the client's own.</param>
/// <param name="ExpiresAt">Nothing that comes from it outlives it; null: it does not expire.</param>
public sealed record ClientKey(string Id, IReadOnlyList<string>? Scopes, TimeSpan? TokenLifetime, DateTimeOffset? ExpiresAt);
