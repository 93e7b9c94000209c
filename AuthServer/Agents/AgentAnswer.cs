using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Data.OpenIddict;
using AuthServer.Http.Api;

namespace AuthServer.Agents;

/// <summary>An agent as its organization sees it. What is not required is left out for agents of other organizations.</summary>
public record AgentAnswer : IVersioned
{
    internal const string Administrator = "administrator";

    /// <summary><c>agt_…</c>, which tokens name it by.</summary>
    public required string Id { get; init; }

    /// <summary><c>agc_…</c>, by which it asks for tokens.</summary>
    public required string ClientId { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public string? HomepageUrl { get; init; }

    public required AgentType Type { get; init; }

    /// <summary>The same as <see cref="Type"/>.</summary>
    public AgentType AgentType => Type;

    public required TrustLevel TrustLevel { get; init; }

    public required AgentStatus Status { get; init; }

    public IReadOnlyList<string>? RedirectUris { get; init; }

    public IReadOnlyList<string>? AllowedScopes { get; init; }

    /// <summary>The person who answers for it, <c>usr_…</c>; left out while nobody has claimed it.</summary>
    public string? OwnerId { get; init; }

    public string? OrganizationId { get; init; }

    public string? ParentAgentId { get; init; }

    /// <summary>How many generations of agents it may make below itself.</summary>
    public int? MaxChildDepth { get; init; }

    /// <summary>Its registered key as PEM, where it has exactly one.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Of its registered keys, whether it proves itself by them or its tokens are only bound to them (RFC 7638); left out: it has none.</summary>
    public IReadOnlyList<string>? KeyThumbprints { get; init; }

    public JsonElement? Metadata { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>When it was suspended or revoked.</summary>
    public DateTimeOffset? DeactivatedAt { get; init; }

    /// <summary>The agent above it with which it was suspended, and is resumed.</summary>
    public string? SuspendedWithAgentId { get; init; }

    /// <summary>Who suspended it itself: <c>organization</c>, or an <c>administrator</c> of the server, and only they resume it then. Left out: nobody did.</summary>
    public string? SuspendedBy { get; init; }

    /// <summary>When it ends, with the key by which another agent made it; left out: it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public string? Version { get; init; }

    /// <summary>What another organization's agent may know of it.</summary>
    internal static AgentAnswer OfPeer(Agent agent, OpenIddictApplication application) => new()
    {
        Id = agent.Id,
        ClientId = application.ClientId ?? "",
        Name = agent.Name,
        Description = agent.Description,
        Type = agent.Type,
        TrustLevel = agent.TrustLevel,
        Status = agent.Status,
    };

    internal static AgentAnswer Of(Agent agent, OpenIddictApplication application) => OfPeer(agent, application) with
    {
        HomepageUrl = agent.HomepageUrl,
        RedirectUris = ApplicationMapping.Strings(application.RedirectUris),
        AllowedScopes = ApplicationMapping.Scopes(application),
        OwnerId = agent.OwnerId,
        OrganizationId = agent.OrganizationId,
        ParentAgentId = agent.ParentAgentId,
        MaxChildDepth = agent.MaxChildDepth,
        PublicKey = AgentKeys.PemOf(AgentApplication.KeysOf(application)),
        KeyThumbprints = AgentKeys.ThumbprintsOf(AgentApplication.KeysOf(application)),
        Metadata = JsonElement.Parse(agent.Metadata),
        CreatedAt = agent.CreatedAt,
        UpdatedAt = agent.UpdatedAt,
        DeactivatedAt = agent.DeactivatedAt,
        SuspendedWithAgentId = agent.SuspendedWithId,
        SuspendedBy = agent switch
        {
            { Status: not AgentStatus.Suspended } => null,
            { HeldAt: not null } => Administrator,
            { SuspendedWithId: not null } => null,
            _ => "organization",
        },
        ExpiresAt = agent.ExpiresAt,
        Version = agent.Version,
    };
}

/// <summary>A new agent, with the secret that is shown this once.</summary>
public sealed record RegisteredAgent : AgentAnswer
{
    [SetsRequiredMembers]
    public RegisteredAgent(AgentAnswer agent, string? clientSecret)
        : base(agent) => ClientSecret = clientSecret;

    /// <summary><c>ags_…</c>; null where it proves itself by its keys.</summary>
    public string? ClientSecret { get; }

    /// <summary>A record prints its members; the secret is not for printing.</summary>
    public override string ToString() => Id;
}
