using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>A token request whose client is authenticated and may use the grant.</summary>
/// <param name="Resources">The resource servers that tokens can be made for, by canonical URI.</param>
/// <param name="Scopes">The names of the scopes that the client's organization knows.</param>
public sealed record TokenRequest(
    Parameters Form,
    Client Client,
    IReadOnlyDictionary<string, ResourceServer> Resources,
    IEnumerable<string> Scopes,
    DateTimeOffset Now,
    RequestOrigin Origin)
{
    /// <summary>The client that an agent is, by <c>agt_…</c>; null when there is none that may act.</summary>
    public required Func<string, CancellationToken, ValueTask<Client?>> FindAgentAsync { get; init; }

    /// <summary>This server: the audience of tokens that name no resource.</summary>
    public required string Issuer { get; init; }

    public TokenDoor Door { get; init; }

    /// <summary>The key that the request's DPoP proof shows the sender to hold, by its thumbprint; null: it came without a proof.</summary>
    public string? ProofKey { get; init; }

    /// <summary>The <c>subject_token</c> (RFC 8693 §2.1), or why it is not good.</summary>
    public Result<SubjectToken> SubjectToken { get; init; }

    /// <summary>The <c>actor_token</c> of the request; null where it has none, or it is not good.</summary>
    public ActorToken? ActorToken { get; init; }

    /// <summary>What the refresh tokens of this answer ask of whoever uses them. RFC 9449 §5: where nothing else proves the client, they are bound to
    /// the key of the proof; a client that proves itself may use another one next time.</summary>
    /// <param name="before">What the token that they follow asked.</param>
    public SenderConstraint? SenderOf(SenderConstraint? before) =>
        before?.Key is not null || ProofKey is null ? before : new(Client.IsPublic || Door == TokenDoor.Agents ? ProofKey : null);
}
