using System.Text.Json;

namespace AuthServer.Agents;

/// <summary>What may be said of an agent at any time; what is left out stays as it is. An empty text takes a description or homepage away.</summary>
public class AgentChange
{
    public string? Name { get; set; }

    public string? Description { get; set; }

    /// <summary>Where people are sent back to; https, or http on loopback.</summary>
    public IReadOnlyList<string?>? RedirectUris { get; set; }

    /// <summary>What it may ask for; a last segment <c>*</c> stands for all below.</summary>
    public IReadOnlyList<string?>? AllowedScopes { get; set; }

    /// <summary>https.</summary>
    public string? HomepageUrl { get; set; }

    public AgentType? Type { get; set; }

    /// <summary>Another name for <see cref="Type"/>.</summary>
    public AgentType? AgentType { get; set; }

    /// <summary>A JSON object of at most 4096 bytes.</summary>
    public JsonElement? Metadata { get; set; }

    /// <summary>A member of the organization, <c>usr_…</c>.</summary>
    public string? OwnerId { get; set; }
}
