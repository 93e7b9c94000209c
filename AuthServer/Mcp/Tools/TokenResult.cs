using System.ComponentModel;

namespace AuthServer.Mcp.Tools;

/// <summary>The tokens that an agent got. Never printed.</summary>
internal sealed class TokenResult
{
    [Description("Pass it to the other tools as access_token, or send it as a bearer token.")]
    public required string AccessToken { get; init; }

    [Description("Good once, for the next pair: refresh_token.")]
    public required string? RefreshToken { get; init; }

    public required string TokenType { get; init; }

    [Description("Seconds.")]
    public required long ExpiresIn { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    [Description("When to call refresh_token.")]
    public required DateTimeOffset RefreshBefore { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }
}
