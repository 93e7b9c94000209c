using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>Public keys as RFC 7517 §5 writes them. Immutable. Keys that are not ours to use are left out; private ones refuse the set.</summary>
public sealed class JsonWebKeySet
{
    /// <summary>A set with more keys than this is refused.</summary>
    public const int MaxKeys = 100;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };
    private readonly Dictionary<string, JsonWebKey[]>.AlternateLookup<ReadOnlySpan<char>> _byKeyId;

    public JsonWebKeySet(IEnumerable<JsonWebKey> keys)
    {
        Keys = [.. keys];
        _byKeyId = Keys.GroupBy(k => k.KeyId).ToDictionary(g => g.Key, g => g.ToArray()).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>In the order of the document.</summary>
    public IReadOnlyList<JsonWebKey> Keys { get; }

    /// <summary>False with a sentence for the developer when the set is malformed, holds private keys or no usable one.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out JsonWebKeySet? set, [NotNullWhen(false)] out string? error) =>
        TryParse(Encoding.UTF8.GetBytes(json), out set, out error);

    /// <inheritdoc cref="TryParse(string, out JsonWebKeySet?, out string?)"/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out JsonWebKeySet? set, [NotNullWhen(false)] out string? error)
    {
        set = null;
        try
        {
            var root = JsonElement.Parse(utf8, Strict);
            return TryRead(root, out set, out error);
        }
        catch (JsonException) // the parser has no other way to say so
        {
            error = "The key set is not valid JSON.";
            return false;
        }
    }

    /// <summary>As <see cref="TryParse(string, out JsonWebKeySet?, out string?)"/>, for a set inside another document.</summary>
    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out JsonWebKeySet? set, [NotNullWhen(false)] out string? error) =>
        TryRead(json, out set, out error);

    /// <summary>The first key with this id; null when there is none.</summary>
    public JsonWebKey? Find(ReadOnlySpan<char> keyId) => _byKeyId.TryGetValue(keyId, out var keys) ? keys[0] : null;

    /// <summary>Every key that a token with this "kid" may be signed by; all keys for null.</summary>
    public IReadOnlyList<JsonWebKey> Candidates(string? keyId) => keyId is null ? Keys : Candidates(keyId.AsSpan());

    /// <summary>The document with its keys, UTF-8.</summary>
    public byte[] ToUtf8()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("keys"u8);
            foreach (var key in Keys)
                key.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    internal IReadOnlyList<JsonWebKey> Candidates(ReadOnlySpan<char> keyId) => _byKeyId.TryGetValue(keyId, out var keys) ? keys : [];

    private static bool TryRead(JsonElement root, out JsonWebKeySet? set, out string? error)
    {
        set = null;
        error = "The key set is not an object with an array \"keys\".";
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("keys", out var array) || array.ValueKind != JsonValueKind.Array)
            return false;
        error = $"The key set has more than {MaxKeys} keys.";
        if (array.GetArrayLength() > MaxKeys)
            return false;
        error = null;
        var keys = new List<JsonWebKey>();
        foreach (var element in array.EnumerateArray())
        {
            var outcome = JsonWebKeyParser.Parse(element, out var key, out var reason);
            error ??= reason;
            if (outcome == JsonWebKeyParser.Outcome.Usable)
                keys.Add(key!);
            else if (outcome == JsonWebKeyParser.Outcome.Refused)
                return Fail(reason, out error);
        }
        if (keys.Count == 0)
            return Fail($"The key set holds no usable key. {error}".TrimEnd(), out error);
        set = new JsonWebKeySet(keys);
        error = null;
        return true;
    }

    private static bool Fail(string? reason, out string? error)
    {
        error = reason;
        return false;
    }
}
