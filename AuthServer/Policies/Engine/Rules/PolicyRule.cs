using System.Text.Json;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>One rule of a policy, read and checked. It judges one action at a time.</summary>
public abstract record PolicyRule
{
    internal abstract RuleType Type { get; }

    /// <param name="action">Null: the request names none.</param>
    internal abstract RuleAnswer Judge(PolicyInput input, string? action);

    /// <summary>The members of its config.</summary>
    internal abstract void Write(Utf8JsonWriter config);
}
