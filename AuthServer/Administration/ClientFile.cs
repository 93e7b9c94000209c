using AuthServer.Applications;
using AuthServer.Http;

namespace AuthServer.Administration;

/// <summary>An application in a list.</summary>
/// <param name="Id">Of its row.</param>
/// <param name="LastUsedAt">When it got its last token, as far as the trail has been counted; null: never since.</param>
public sealed record ClientLine(
    string Id, string ClientId, string? Name, ClientSource Source, bool IsDisabled, bool IsPublic, string? AgentId, string? OrganizationId, DateTimeOffset? LastUsedAt)
{
    public string Shown => Name is not null && VisibleText.IsSeen(Name) ? Name : ClientId;

    /// <summary>For good: an agent that was ended.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>When it ended for good, and its row stayed; null: it did not.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>That its removal was an administrator's. Else it ended its own registration, or its organization removed it or was closed.</summary>
    public bool IsRemovedByAdministrator { get; init; }

    /// <summary>That an administrator disabled it, or what said once what it is says so no longer. What its organization does is beside that.</summary>
    public bool IsHeld { get; init; }

    /// <summary>When an administrator disabled it; null: none did, or it is not known when.</summary>
    public DateTimeOffset? HeldAt { get; init; }

    /// <summary>When its organization disabled it, or suspended the agent that it is; null: it did not, or it is no organization's own.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Nobody changes here what is said elsewhere: at each start, or by the organization.</summary>
    public bool IsReadOnly => Source is ClientSource.Configuration or ClientSource.Demo;
}

/// <summary>Where an application comes from.</summary>
public enum ClientSource
{
    /// <summary>The configuration says it.</summary>
    Configuration,
    Demo,

    /// <summary>It registered itself.</summary>
    Registered,

    /// <summary>Its id is an address, and its metadata is behind that.</summary>
    Document,
    Agent,

    /// <summary>An organization's API, which verifies tokens by it.</summary>
    Resource,

    /// <summary>An organization made it.</summary>
    Organization,

    /// <summary>Somebody wrote its row.</summary>
    Entered,
}

/// <summary>All that an administrator sees of an application. No secret.</summary>
/// <param name="OrganizationName">Of <see cref="ClientLine.OrganizationId"/>.</param>
/// <param name="Authorizations">What people and organizations let it do now.</param>
public sealed record ClientFile(
    ClientLine Line,
    string? OrganizationName,
    string? AgentStatus,
    IReadOnlyList<string> RedirectUris,
    IReadOnlyList<string> GrantTypes,
    IReadOnlyList<string> Scopes,
    string? Method,
    int Authorizations)
{
    /// <summary>When its agent was suspended or revoked; null: it is active, or no agent.</summary>
    public DateTimeOffset? AgentStoppedAt { get; init; }

    internal static IReadOnlyList<string> Permitted(IEnumerable<string> permissions, string prefix) =>
        [.. permissions.Where(permission => permission.StartsWith(prefix, StringComparison.Ordinal)).Select(permission => permission[prefix.Length..])];

    internal static ClientSource SourceOf(ApplicationExtras extras, bool isAgent, bool isResource, bool isOrganizations) => extras.Source switch
    {
        Configuration.Sources.Configuration => ClientSource.Configuration,
        not null => ClientSource.Demo,
        null when isAgent => ClientSource.Agent,
        null when isResource => ClientSource.Resource,
        null when isOrganizations => ClientSource.Organization,
        _ => extras.Introduction switch
        {
            ApplicationMapping.Registered => ClientSource.Registered,
            ApplicationMapping.Document => ClientSource.Document,
            _ => ClientSource.Entered,
        },
    };
}
