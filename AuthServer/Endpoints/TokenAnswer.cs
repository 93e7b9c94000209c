using System.Text.Json;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints;

/// <summary>The token endpoint's success (RFC 6749 §5.1). Holds tokens, so it prints nothing of itself.</summary>
public sealed class TokenAnswer
{
    public required Granted Granted { get; init; }

    public required string AccessToken { get; init; }

    public required TimeSpan ExpiresIn { get; init; }

    public string? IdToken { get; init; }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("access_token"u8, AccessToken);
        json.WriteString("token_type"u8, "Bearer"u8);
        json.WriteNumber("expires_in"u8, (long)ExpiresIn.TotalSeconds);
        json.WriteString("scope"u8, ScopeNames.Join(Granted.Scopes));
        if (Granted.RefreshToken is not null)
        {
            json.WriteString("refresh_token"u8, Granted.RefreshToken);
        }

        if (IdToken is not null)
        {
            json.WriteString("id_token"u8, IdToken);
        }

        json.WriteEndObject();
    }
}
