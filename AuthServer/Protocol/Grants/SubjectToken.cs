using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;

namespace AuthServer.Protocol.Grants;

/// <summary>What an access token of ours, presented as a <c>subject_token</c>, gives to whoever exchanges it.</summary>
public sealed record SubjectToken
{
    public required string Subject { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The agents of its <c>act</c>, latest first.</summary>
    public IReadOnlyList<string> Actors { get; init; } = [];

    /// <summary>The agent that acts in it now, for another or for itself; null: no agent does.</summary>
    public string? CurrentActor { get; init; }

    /// <summary>Whether it is a person's own: no agent acts in it.</summary>
    public bool IsOfPerson => CurrentActor is null && Identifiers.ToUuid("usr_", Subject) is not null;

    public required IReadOnlyList<string> Scopes { get; init; }

    public required IReadOnlyList<string> Audience { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The last delegation that it came by.</summary>
    public string? DelegationId { get; init; }

    /// <summary>RFC 8693 §4.4: the only one who may act for its subject, empty where nobody may; null: it does not say.</summary>
    public string? MayAct { get; init; }

    /// <summary>RFC 8693 leaves it to the server who may present a token: whose it is, who it is for, and whom it names (§4.4) came by it as was meant. Where
    /// an agent acts in it, another agent may by whose delegation it is.</summary>
    public bool MayBePresentedBy(Client client) =>
        client.ClientId == ClientId
        || Audience.Any(client.Audiences.Contains)
        || Names(client)
        || (client.Agent is not null && !IsOfPerson);

    /// <summary>Whether it says that this client, an agent, may act.</summary>
    public bool Names(Client client) => client.Agent is { } agent && agent.Id == MayAct;

    /// <summary>The key that it is bound to (RFC 9449 §6.1), by its thumbprint; null: it is a bearer token.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>API keys that it came by.</summary>
    public IReadOnlyList<string> KeyIds { get; init; } = [];

    /// <summary>The grant that it comes from, so that what is made of it ends with that; null: it has none.</summary>
    public GrantedRights? Rights { get; init; }
}
