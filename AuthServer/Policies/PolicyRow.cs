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
            if (!Enum.IsDefined(Effect))
            {
                throw Damaged("Its effect is not known.");
            }

            using var rules = JsonDocument.Parse(Rules, ApiJson.Document);
            var parsed = PolicyRules.Parse(rules.RootElement, Effect);
            return parsed.Faults is [var fault, ..] ? throw Damaged(fault.ToString()) : new Policy
            {
                Id = Id,
                Name = Name,
                Effect = Effect,
                Priority = Priority,
                Enabled = Enabled,
                Subjects = ReadSubjects(),
                Resources = [.. Strings(Resources).Select(text => Pattern.Resource(text) ?? throw Damaged("A resource is not as it is written here."))],
                Actions = [.. Strings(Actions).Select(text => Pattern.Action(text) ?? throw Damaged("An action is not as it is written here."))],
                Rules = parsed.Rules,
            };
        }
        catch (JsonException e)
        {
            throw Damaged("It is not the JSON that is written here.", e);
        }
    }

    /// <summary>Null where it cannot be read; then <paramref name="fault"/> says why.</summary>
    public Policy? TryCompile(out string? fault)
    {
        try
        {
            fault = null;
            return Compile();
        }
        catch (InvalidDataException e)
        {
            fault = e.Message;
            return null;
        }
    }

    private PolicySubjects ReadSubjects()
    {
        var subjects = JsonSerializer.Deserialize<PolicySubjects>(Subjects, ApiJson.Options) ?? throw Damaged("It names no subjects.");
        return AgentId is null ? subjects : subjects with { AgentIds = [AgentId] };
    }

    private string[] Strings(string json) => JsonSerializer.Deserialize<string[]>(json, ApiJson.Options) ?? throw Damaged("A list is missing.");

    private InvalidDataException Damaged(string why, Exception? e = null) => new($"The policy {Id} cannot be read: {why}", e);
}
