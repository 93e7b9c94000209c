using System.Text.Json;

namespace AuthServer.Endpoints;

/// <summary>The token endpoint's success (RFC 6749 §5.1). Holds tokens, so it prints nothing of itself.</summary>
public sealed class TokenAnswer(string accessToken, TimeSpan expiresIn, string scope, string? refreshToken, string? idToken)
{
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("access_token"u8, accessToken);
        json.WriteString("token_type"u8, "Bearer"u8);
        json.WriteNumber("expires_in"u8, (long)expiresIn.TotalSeconds);
        json.WriteString("scope"u8, scope);
        if (refreshToken is not null)
        {
            json.WriteString("refresh_token"u8, refreshToken);
        }

        if (idToken is not null)
        {
            json.WriteString("id_token"u8, idToken);
        }

        json.WriteEndObject();
    }
}
