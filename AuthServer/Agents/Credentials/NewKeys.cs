using System.Text.Json;

namespace AuthServer.Agents.Credentials;

/// <summary>Public keys: an RFC 7517 key set as it stands, or one key as PEM.</summary>
public sealed class NewKeys
{
    /// <summary>The key set's own member: an array of JWKs.</summary>
    public JsonElement? Keys { get; set; }

    public string? PublicKey { get; set; }

    internal JsonElement? Set => Keys is { } members ? JsonElement.Parse($$"""{"keys":{{members.GetRawText()}}}""") : null;

    /// <summary>Whether it is a set without keys.</summary>
    internal bool IsEmpty => PublicKey is null && Keys is { ValueKind: JsonValueKind.Array } members && members.GetArrayLength() == 0;

    internal string? Missing => Keys is null && PublicKey is null ? "Give keys or publicKey." : null;
}
