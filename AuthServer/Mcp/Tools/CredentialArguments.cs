using System.ComponentModel;

namespace AuthServer.Mcp.Tools;

/// <summary>Which API key is meant.</summary>
internal sealed record CredentialArguments
{
    [Description("The API key's id, key_… or the same as a UUID.")]
    public required string CredentialId { get; init; }
}
