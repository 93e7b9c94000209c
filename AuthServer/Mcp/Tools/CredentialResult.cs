using System.ComponentModel;
using System.Text.Json;
using AuthServer.Agents.Credentials;

namespace AuthServer.Mcp.Tools;

/// <summary>A new API key, which is shown this once. No record: it must never be printed.</summary>
internal class CredentialResult(CredentialItem key, string rawKey)
{
    [Description("Save it now: it is not shown again.")]
    public string RawKey { get; } = rawKey;

    [Description("What rotate_credential and revoke_credential take.")]
    public string Id { get; } = key.Id;

    public string AgentId { get; } = key.AgentId;

    public string Type { get; } = key.Type;

    [Description("The key's first characters.")]
    public string Prefix { get; } = key.Prefix;

    public IReadOnlyList<string> Scopes { get; } = key.Scopes;

    public DateTimeOffset? ExpiresAt { get; } = key.ExpiresAt;

    [Description("An object of its maker's own.")]
    public JsonElement CredentialMetadata { get; } = key.CredentialMetadata;

    [Description("How long access tokens live that it gives; null: as long as usual.")]
    public int? TokenLifetimeSeconds { get; } = key.TokenLifetimeSeconds;

    public DateTimeOffset CreatedAt { get; } = key.CreatedAt;

    public bool IsValid { get; } = key.IsValid;
}

/// <summary>A key that took another's place.</summary>
internal sealed class RotatedCredentialResult(CredentialItem key, string rawKey, string oldId) : CredentialResult(key, rawKey)
{
    [Description("The key that is dead now.")]
    public string OldCredentialId { get; } = oldId;
}
