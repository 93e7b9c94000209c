using System.Text.Json;
using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Policies.Engine;
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
    /// <param name="username">In whose name it is; null: that is not for whoever asks.</param>
    /// <param name="left">Of the limits that its delegations set.</param>
    public sealed class AccessToken(JwtClaims claims, string? username, IReadOnlyList<LimitLeft> left) : Introspection
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

            JwtJson.WriteOptional(json, "username", username);
            WriteLimits(json);
            json.WriteEndObject();
        }

        private void WriteLimits(Utf8JsonWriter json)
        {
            if (left.Count == 0)
            {
                return;
            }

            json.WriteStartArray("delegation_limits"u8);
            foreach (var limit in left)
            {
                json.WriteStartObject();
                json.WriteString("delegation_id"u8, limit.DelegationId);
                json.WriteString("key"u8, limit.Key);
                json.WriteString("type"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(limit.Type.ToString()));
                json.WriteNumber("limit"u8, limit.Limit);
                json.WriteNumber("remaining"u8, limit.Remaining);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    public sealed class RefreshToken(StoredRefreshToken token, string clientId, string? username, string issuer) : Introspection
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteBoolean("active"u8, true);
            json.WriteString("iss"u8, issuer);
            json.WriteString("sub"u8, token.Rights.Subject);
            json.WriteString("client_id"u8, clientId);
            json.WriteString("scope"u8, ScopeNames.Join(token.Rights.Scopes));
            JwtJson.WriteOptional(json, "username", username);
            json.WriteNumber("iat"u8, token.CreatedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, token.ExpiresAt.ToUnixTimeSeconds());
            if (token.Rights.Actor is { } agent)
            {
                json.WriteString(Protocol.Tokens.AccessToken.Names.AgentType, agent.Type);
                json.WriteString(Protocol.Tokens.AccessToken.Names.TrustLevel, agent.TrustLevel);
                JwtJson.WriteOptional(json, Protocol.Tokens.AccessToken.Names.ParentAgentId, agent.ParentId);
            }

            json.WriteEndObject();
        }
    }
}
