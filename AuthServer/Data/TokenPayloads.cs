using System.Text.Json.Serialization;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>What a stored code says beside its columns.</summary>
internal sealed record CodePayload(GrantedRights Rights, string? RedirectUri, string? CodeChallenge, string? Nonce, bool ForExchange = false);

/// <summary>What a stored refresh token says beside its columns.</summary>
internal sealed record RefreshPayload(GrantedRights Rights, DateTimeOffset FamilyExpiresAt);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CodePayload))]
[JsonSerializable(typeof(RefreshPayload))]
internal sealed partial class TokenPayloads : JsonSerializerContext;
