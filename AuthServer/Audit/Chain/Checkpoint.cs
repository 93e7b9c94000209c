using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuthServer.Audit.Chain;

/// <summary>What a node states of the trail at a moment, as the claims of a JWS.</summary>
public sealed record Checkpoint
{
    /// <summary>The JWS's <c>typ</c>.</summary>
    public const string MediaType = "audit-checkpoint+jwt";

    /// <summary>Most members of <see cref="Heads"/>, and of <see cref="Previous"/> unless it takes over what deleted ones named.</summary>
    public const int MostNames = 90;

    /// <summary><c>chk_</c> and a ULID.</summary>
    [JsonPropertyName("jti")]
    public required string Id { get; init; }

    /// <summary>Seconds since 1970.</summary>
    [JsonPropertyName("iat")]
    public required long At { get; init; }

    [JsonPropertyName("node")]
    public required string Node { get; init; }

    /// <summary>Earlier checkpoints, this node's and others', each with the hash of its JWS: whoever believes this one believes them.</summary>
    [JsonPropertyName("previous")]
    public Dictionary<string, string> Previous { get; init; } = [];

    /// <summary>Chains, each with a <see cref="ChainPoint"/> that it has reached.</summary>
    [JsonPropertyName("heads")]
    public Dictionary<string, string> Heads { get; init; } = [];

    /// <summary>Of all events before this second since 1970, whoever wrote them, this or an earlier checkpoint names the chain.</summary>
    [JsonPropertyName("complete")]
    public long? CompleteUntil { get; init; }

    [JsonPropertyName("pruned")]
    public PrunedParts? Pruned { get; init; }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Default.Checkpoint);

    /// <summary>Null for what is none.</summary>
    public static Checkpoint? Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, CheckpointJson.Default.Checkpoint);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>How other checkpoints name a JWS: SHA-256, base64url.</summary>
    public static string HashOf(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>What was taken out of the trail together with this checkpoint, because it was older than it is kept.</summary>
public sealed record PrunedParts
{
    /// <summary>Chains, each with the <see cref="ChainPoint"/> up to which it was deleted: the rest begins after it.</summary>
    [JsonPropertyName("floors")]
    public Dictionary<string, string> Floors { get; init; } = [];

    /// <summary>Chains, each with the places of events of which only the place was kept: <c>4,7-9</c>.</summary>
    [JsonPropertyName("stubs")]
    public Dictionary<string, string> Stubs { get; init; } = [];

    /// <summary>People whose removal was among it: what stays of theirs may be without its personal values.</summary>
    [JsonPropertyName("removed")]
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Ids of checkpoints that were deleted.</summary>
    [JsonPropertyName("checkpoints")]
    public IReadOnlyList<string> Checkpoints { get; init; } = [];
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Checkpoint))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
