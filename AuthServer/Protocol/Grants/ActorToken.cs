namespace AuthServer.Protocol.Grants;

/// <summary>An agent's own access token, presented as an <c>actor_token</c> (RFC 8693 §2.1): it proves who acts, and bounds what is made with it, since
/// whoever has it may be let have no more than it says.</summary>
/// <param name="Subject">The agent, <c>agt_…</c>.</param>
/// <param name="KeyIds">API keys and certificates that it came by.</param>
public sealed record ActorToken(string Subject, IReadOnlyList<string> Scopes, IReadOnlyList<string> KeyIds, DateTimeOffset ExpiresAt);
