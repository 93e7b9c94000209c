using System.Text.Json;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints;

/// <summary>The token endpoint's success (RFC 6749 §5.1). Holds tokens, so it prints nothing of itself.</summary>
public sealed class TokenAnswer
{
    private static readonly TimeSpan RefreshMargin = TimeSpan.FromMinutes(1);

    public required Granted Granted { get; init; }

    public required string AccessToken { get; init; }

    /// <summary>What stands before the access token in a chain that verifies offline, root first; null: it is not one of a chain.</summary>
    public IReadOnlyList<string>? Links { get; init; }

    /// <summary>Whether the access token is bound to a key.</summary>
    public bool IsBound { get; init; }

    public string TokenType => IsBound ? DPoPProof.Scheme : "Bearer";

    public required TimeSpan ExpiresIn { get; init; }

    public string? IdToken { get; init; }

    /// <summary>When it is time for another: a minute before the end, or at once where it does not live that long.</summary>
    public DateTimeOffset RefreshBefore(DateTimeOffset now) => ExpiresIn > RefreshMargin ? now + ExpiresIn - RefreshMargin : now;

    /// <param name="issuedAt">For agents, whose libraries want to know the times; null: only what the standard has.</param>
    public void WriteTo(Utf8JsonWriter json, DateTimeOffset? issuedAt = null)
    {
        json.WriteStartObject();
        WriteMembers(json);
        if (issuedAt is { } now)
        {
            json.WriteString("issued_at"u8, now);
            json.WriteString("expires_at"u8, now + ExpiresIn);

            json.WriteString("refresh_before"u8, RefreshBefore(now));
        }

        json.WriteEndObject();
    }

    private void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("access_token"u8, AccessToken);
        json.WriteString("token_type"u8, TokenType);
        if (Granted.IssuedTokenType is { } issued)
        {
            json.WriteString("issued_token_type"u8, issued);
        }

        json.WriteNumber("expires_in"u8, (long)ExpiresIn.TotalSeconds);
        json.WriteString("scope"u8, ScopeNames.Join(Granted.Scopes));
        if (Links is not null)
        {
            JwtJson.WriteList(json, "delegation_chain_tokens", Links);
        }

        if (Granted.RefreshToken is not null)
        {
            json.WriteString("refresh_token"u8, Granted.RefreshToken);
        }

        if (IdToken is not null)
        {
            json.WriteString("id_token"u8, IdToken);
        }
    }
}
