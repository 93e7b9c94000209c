using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies;

/// <summary>A policy as its organization sees it.</summary>
public sealed record PolicyItem : IVersioned
{
    /// <summary><c>pol_…</c></summary>
    public required string Id { get; init; }

    public string? AgentId { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required PolicyEffect Effect { get; init; }

    public required SubjectsItem Subjects { get; init; }

    public required ResourcesItem Resources { get; init; }

    /// <summary>Empty: all.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    public required ConditionsItem Conditions { get; init; }

    public required JsonElement Rules { get; init; }

    public required int Priority { get; init; }

    public required bool Enabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required string Version { get; init; }

    /// <summary>Why the server cannot evaluate it, and denies everything in the organization while it is enabled: replace or delete it. Absent: it can.</summary>
    public string? Fault { get; init; }

    /// <summary>What cannot be read is shown as it is stored, as far as that goes.</summary>
    internal static PolicyItem Of(PolicyRow row)
    {
        var policy = row.TryCompile(out var fault);
        var resources = policy?.Resources.Select(pattern => pattern.Text).ToArray() ?? Stored<string[]>(row.Resources) ?? [];
        return new()
        {
            Id = row.Id,
            AgentId = row.AgentId,
            Name = row.Name,
            Description = row.Description,
            Effect = Enum.IsDefined(row.Effect) ? row.Effect : PolicyEffect.Deny,
            Subjects = SubjectsItem.Of(policy?.Subjects ?? Stored<PolicySubjects>(row.Subjects) ?? new PolicySubjects()),
            Resources = new(resources, resources.Length == 0),
            Actions = policy?.Actions.Select(pattern => pattern.Text).ToArray() ?? Stored<string[]>(row.Actions) ?? [],
            Conditions = new([.. (policy?.Rules ?? []).OfType<IpAllowlist>().SelectMany(rule => rule.Networks).Select(network => network.Text)]),
            Rules = Stored<JsonElement?>(row.Rules) ?? JsonSerializer.SerializeToElement(row.Rules),
            Priority = row.Priority,
            Enabled = row.Enabled,
            CreatedAt = row.CreatedAt,
            UpdatedAt = row.UpdatedAt,
            Version = row.Version,
            Fault = fault,
        };
    }

    private static T? Stored<T>(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, ApiJson.Options);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <param name="Wildcard">Whether it is about everybody.</param>
public sealed record SubjectsItem(
    IReadOnlyList<string> AgentIds, IReadOnlyList<string> UserIds, IReadOnlyList<string> AgentTypes, IReadOnlyList<string> TrustLevels, bool Wildcard)
{
    internal static SubjectsItem Of(PolicySubjects subjects) => new(
        subjects.AgentIds, subjects.UserIds, subjects.AgentTypes, subjects.TrustLevels,
        subjects is { AgentIds: [], UserIds: [], AgentTypes: [], TrustLevels: [] });
}

/// <param name="Wildcard">Whether it is about all.</param>
public sealed record ResourcesItem(IReadOnlyList<string> Paths, bool Wildcard);

/// <param name="IpAllowlist">The networks of its <c>ip_allowlist</c> rules.</param>
public sealed record ConditionsItem(IReadOnlyList<string> IpAllowlist);
