using System.Text.Json;
using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Protocol.Tokens;
using StoredRefreshToken = AuthServer.Protocol.State.RefreshToken;

namespace AuthServer.Endpoints;

/// <summary>The answer of introspection (RFC 7662 §2.2).</summary>
public abstract class Introspection
{
    public static Introspection Inactive { get; } = new Nothing();

    public abstract void WriteTo(Utf8JsonWriter json);

    private sealed class Nothing : Introspection
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteBoolean("active"u8, false);
            json.WriteEndObject();
        }
    }

    /// <summary>All that the token says, and that it is alive.</summary>
    public sealed class AccessToken(JwtClaims claims) : Introspection
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteBoolean("active"u8, true);
            json.WriteString("token_type"u8, PresentedTokens.KeyOf(claims) is null ? "Bearer" : DPoPProof.Scheme);
            foreach (var name in claims.Names)
            {
                if (name != Protocol.Tokens.AccessToken.Names.UserInfoClaims && claims.TryGetJson(name, out var value))
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(value.Span, skipInputValidation: true);
                }
            }

            json.WriteEndObject();
        }
    }

    public sealed class RefreshToken(StoredRefreshToken token, string clientId, string issuer) : Introspection
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteBoolean("active"u8, true);
            json.WriteString("iss"u8, issuer);
            json.WriteString("sub"u8, token.Rights.Subject);
            json.WriteString("client_id"u8, clientId);
            json.WriteString("scope"u8, ScopeNames.Join(token.Rights.Scopes));
            json.WriteNumber("iat"u8, token.CreatedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, token.ExpiresAt.ToUnixTimeSeconds());
            json.WriteEndObject();
        }
    }
}
