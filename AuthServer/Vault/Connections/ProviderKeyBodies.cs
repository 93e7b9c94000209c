using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Connections;

/// <summary>Keys to be set, each by its name such as <c>openaiApiKey</c>; null deletes one, and what is left out stays.</summary>
public sealed class ProviderKeyChange
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Keys { get; init; } = [];
}

/// <summary>Which keys are set: for each name <c>hasOpenaiApiKey</c>, and <c>openaiApiKeyLast4</c> with its last four characters, which is null where there is none
/// or it is too short to say any.</summary>
public sealed class ProviderKeySummary
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Keys { get; init; } = [];

    /// <summary>When they were last changed.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <param name="lastOnes">The last four characters of what is set, by its name.</param>
    internal static ProviderKeySummary Of(IReadOnlyDictionary<string, string?> lastOnes, DateTimeOffset? updatedAt)
    {
        var summary = new ProviderKeySummary { UpdatedAt = updatedAt };
        foreach (var name in ProviderKeyName.All)
        {
            summary.Keys[name.HasName] = JsonSerializer.SerializeToElement(lastOnes.ContainsKey(name.Name));
            summary.Keys[name.Last4Name] = JsonSerializer.SerializeToElement(lastOnes.GetValueOrDefault(name.Name));
        }

        return summary;
    }
}

/// <summary>Which key is to be checked.</summary>
public sealed class ProviderKeyCheck
{
    /// <summary>Such as <c>openaiApiKey</c>.</summary>
    public string? Name { get; init; }
}

/// <summary>What a provider thinks of a key.</summary>
/// <param name="LatencyMs">How long it took to answer, in milliseconds.</param>
/// <param name="Cause">What usually is behind it.</param>
/// <param name="Message">What happened, in one sentence.</param>
public sealed record ProviderKeyVerdict(
    string Name, string ConnectionId, CredentialVerdict Verdict, int LatencyMs, ConnectionCause? Cause, string Message, string NextStep, DateTimeOffset CheckedAt);
