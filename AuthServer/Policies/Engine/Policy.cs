using AuthServer.Languages;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies.Engine;

/// <summary>A policy as the engine reads it: whom, what and which actions it is about, and the rules it makes there.</summary>
public sealed record Policy
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Another after each change of it.</summary>
    public string Version { get; init; } = "";

    public PolicyEffect Effect { get; init; } = PolicyEffect.Allow;

    /// <summary>Higher first. It chooses only which of several policies is named as the one that decided.</summary>
    public int Priority { get; init; }

    public bool Enabled { get; init; } = true;

    public PolicySubjects Subjects { get; init; } = PolicySubjects.Everybody;

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<Pattern> Resources { get; init; } = [];

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<Pattern> Actions { get; init; } = [];

    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];

    internal bool AppliesTo(PolicyInput input) => Enabled && Subjects.Include(input) && AnyCovers(Resources, input.Resource);

    internal bool IsAbout(string? action) => AnyCovers(Actions, action);

    /// <summary>Why it has no say; the end of a sentence that begins with its name.</summary>
    internal Sentence Silence(PolicyInput input) =>
        !Subjects.Include(input) ? "it is not about this agent or person"
        : !AnyCovers(Resources, input.Resource) ? "it is not about this resource"
        : input.Required.Count > 0 && !input.Required.Any(IsAbout) ? "it is not about this action"
        : "its rules do not all hold here, so it denies nothing";

    internal int CompareTo(Policy other) =>
        Priority != other.Priority ? other.Priority.CompareTo(Priority) : string.CompareOrdinal(Id, other.Id);

    // What is not named may be anything: leaving it out gets nobody around a policy.
    private static bool AnyCovers(IReadOnlyList<Pattern> patterns, string? name)
    {
        if (patterns.Count == 0 || name is null)
        {
            return true;
        }

        foreach (var pattern in patterns)
        {
            if (pattern.Covers(name))
            {
                return true;
            }
        }

        return false;
    }
}
