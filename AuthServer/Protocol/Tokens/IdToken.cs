using System.Text.Json;
using AuthServer.Protocol.State;

namespace AuthServer.Protocol.Tokens;

/// <summary>What an ID token says (OIDC Core §2).</summary>
public sealed record IdToken
{
    public const string MediaType = "JWT";

    public required string Issuer { get; init; }

    public required string ClientId { get; init; }

    public required GrantedRights Rights { get; init; }

    public string? Nonce { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The person's claims, where the request's <c>claims</c> parameter asked for some in the ID token.</summary>
    public PersonClaims? Person { get; init; }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("iss"u8, Issuer);
        json.WriteString("sub"u8, Rights.Subject);
        json.WriteString("aud"u8, ClientId);
        json.WriteNumber("iat"u8, IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, ExpiresAt.ToUnixTimeSeconds());
        json.WriteNumber("auth_time"u8, Rights.AuthTime.ToUnixTimeSeconds());
        json.WriteString("sid"u8, Rights.SessionId);
        JwtJson.WriteOptional(json, "nonce", Nonce);
        JwtJson.WriteOptional(json, "acr", Rights.Acr);
        if (Rights.Amr.Count > 0)
        {
            JwtJson.WriteList(json, "amr", Rights.Amr);
        }

        Person?.WriteTo(json, Rights.IdTokenClaims);
        json.WriteEndObject();
    }
}
