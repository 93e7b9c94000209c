using AuthServer.Protocol.Clients;

namespace AuthServer.Agents;

/// <summary>A program that acts for itself or for people, <c>agt_…</c>: an OAuth application and what is known of it beyond that.</summary>
public sealed class Agent
{
    /// <summary>The <see cref="NameScope"/> of all agents that registered themselves and that nobody has claimed.</summary>
    public const string Unclaimed = "unclaimed";

    public const int DefaultChildDepth = 3;

    private string _name = "";

    public string Id { get; set; } = "";

    /// <summary>The row of its application, whose client id is <c>agc_…</c>.</summary>
    public string ApplicationId { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    /// <summary>The person who answers for it, <c>usr_…</c>; null while nobody has claimed it.</summary>
    public string? OwnerId { get; set; }

    public string Name
    {
        get => _name;
        set => (_name, NormalizedName) = (value, AgentRules.Normalize(value));
    }

    /// <summary>The name as names are compared.</summary>
    public string NormalizedName { get; private set; } = "";

    /// <summary>Among which agents its name is the only one while it is not revoked: its organization's, or <see cref="Unclaimed"/>.</summary>
    public string NameScope { get; set; } = "";

    public AgentType Type { get; set; }

    public TrustLevel TrustLevel { get; set; }

    public AgentStatus Status { get; set; }

    public string? Description { get; set; }

    public string? HomepageUrl { get; set; }

    /// <summary>A JSON object of its developer's own.</summary>
    public string Metadata { get; set; } = "{}";

    public string? ParentAgentId { get; set; }

    /// <summary>How many generations of agents it may make below itself.</summary>
    public int MaxChildDepth { get; set; } = DefaultChildDepth;

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it was suspended or revoked; null while it is active.</summary>
    public DateTimeOffset? DeactivatedAt { get; set; }

    /// <summary>The agent above it with which it was suspended, and is resumed; null: it is active, or its organization suspended it itself, or nothing but an administrator holds it.</summary>
    public string? SuspendedWithId { get; set; }

    /// <summary>When an administrator of the server suspended it: only they take that back. Null: none did.</summary>
    public DateTimeOffset? HeldAt { get; set; }

    /// <summary>Whether its organization has not suspended it itself besides.</summary>
    public bool IsHeldOnly { get; set; }

    /// <summary>The end of the key by which another agent made it, which it never outlives; null: it has no end of its own.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Changes whenever the row does.</summary>
    public string Version { get; set; } = "";

    /// <summary>As tokens name it.</summary>
    public AgentIdentity Identity => new(Id, WordOf(Type), WordOf(TrustLevel), OrganizationId, ParentAgentId);

    /// <summary>A kind, a trust level or a status as the wire has it.</summary>
    internal static string WordOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <summary>What kind of program it is. The numbers are stored.</summary>
public enum AgentType
{
    /// <summary>Directs other agents.</summary>
    Orchestrator = 1,

    /// <summary>Works by itself.</summary>
    Autonomous = 2,

    /// <summary>Works beside a person.</summary>
    Assistant = 3,

    /// <summary>Does one thing when it is called.</summary>
    Tool = 4,
}

/// <summary>Where its rights come from. The numbers are stored.</summary>
public enum TrustLevel
{
    /// <summary>An organization or a person answers for it.</summary>
    Root = 1,

    /// <summary>Another agent made it.</summary>
    Delegated = 2,

    /// <summary>Made for one task.</summary>
    Ephemeral = 3,
}

/// <summary>Whether it may act. The numbers are stored.</summary>
public enum AgentStatus
{
    Active = 1,

    /// <summary>Gets no tokens until it is resumed, and the ones it had stay dead.</summary>
    Suspended = 2,

    /// <summary>For good.</summary>
    Revoked = 3,
}
