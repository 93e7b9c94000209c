using System.Text.Json;

namespace AuthServer.Protocol.Delegation;

/// <summary>What is known about one action that constraints are held against. What is not known stands against it.</summary>
public sealed record ActionValues
{
    public static ActionValues None { get; } = new();

    /// <summary>What the request says of itself, by a constraint's key.</summary>
    public IReadOnlyDictionary<string, JsonElement> Stated { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>What has been used under this token, this action included, by key. From whoever keeps the account, never from the request.</summary>
    public IReadOnlyDictionary<string, double> LifetimeTotals { get; init; } = new Dictionary<string, double>();

    /// <summary>The same for the token and all that descend from it; of a budget with a window, what was used within that.</summary>
    public IReadOnlyDictionary<string, double> SubtreeTotals { get; init; } = new Dictionary<string, double>();
}
