using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;

namespace AuthServer.Policies;

/// <summary>A policy of an organization, as it is stored.</summary>
public sealed class PolicyRow
{
    /// <summary><c>pol_…</c></summary>
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    /// <summary>The one agent that it is about; null: whomever <see cref="Subjects"/> names.</summary>
    public string? AgentId { get; set; }

    public string Name { get; set; } = "";

    public string? Description { get; set; }

    public PolicyEffect Effect { get; set; }

    /// <summary>A JSON object: <see cref="PolicySubjects"/>.</summary>
    public string Subjects { get; set; } = "{}";

    /// <summary>A JSON array of patterns; empty: all.</summary>
    public string Resources { get; set; } = "[]";

    /// <inheritdoc cref="Resources"/>
    public string Actions { get; set; } = "[]";

    /// <summary>A JSON array, as <see cref="PolicyRules"/> writes it.</summary>
    public string Rules { get; set; } = "[]";

    public int Priority { get; set; }

    public bool Enabled { get; set; }

    /// <summary>Changes whenever the row does.</summary>
    public string Version { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <exception cref="InvalidDataException">It is not what this server writes. Nobody knows what it would have forbidden.</exception>
    public Policy Compile()
    {
        try
        {
            using var rules = JsonDocument.Parse(Rules, ApiJson.Document);
            return PolicyRules.Parse(rules.RootElement, Effect) is { Faults: [] } parsed
                ? new Policy
                {
                    Id = Id,
                    Name = Name,
                    Effect = Effect,
                    Priority = Priority,
                    Enabled = Enabled,
                    Subjects = ReadSubjects(),
                    Resources = [.. Strings(Resources).Select(text => Pattern.Resource(text) ?? throw Damaged(null))],
                    Actions = [.. Strings(Actions).Select(text => Pattern.Action(text) ?? throw Damaged(null))],
                    Rules = parsed.Rules,
                }
                : throw Damaged(null);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    private PolicySubjects ReadSubjects()
    {
        var subjects = JsonSerializer.Deserialize<PolicySubjects>(Subjects, ApiJson.Options) ?? throw Damaged(null);
        return AgentId is null ? subjects : subjects with { AgentIds = [AgentId] };
    }

    private string[] Strings(string json) => JsonSerializer.Deserialize<string[]>(json, ApiJson.Options) ?? throw Damaged(null);

    private InvalidDataException Damaged(Exception? e) => new($"The policy {Id} cannot be read.", e);
}
