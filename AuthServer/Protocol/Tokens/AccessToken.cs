using System.Text.Json;

namespace AuthServer.Protocol.Tokens;

/// <summary>What an access token says (RFC 9068 §2.2).</summary>
public sealed record AccessToken
{
    /// <summary>RFC 9068 §2.1: the media type that tells it from every other JWT.</summary>
    public const string MediaType = "at+jwt";

    public required string Issuer { get; init; }

    /// <summary>Also the id of its event in the trail.</summary>
    public required string Id { get; init; }

    public required string Subject { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Resources, or the issuer.</summary>
    public required IReadOnlyList<string> Audience { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? AuthTime { get; init; }

    public string? Acr { get; init; }

    public string? SessionId { get; init; }

    public string? AuthorizationId { get; init; }

    public string? FamilyId { get; init; }

    /// <summary>Claims that the authorization request asked userinfo for by name (OIDC Core §5.5).</summary>
    public IReadOnlyList<string> UserInfoClaims { get; init; } = [];

    /// <summary>The claim names under which our private claims travel.</summary>
    public static class Names
    {
        public const string AuthorizationId = "authorization_id";
        public const string FamilyId = "fam";
        public const string UserInfoClaims = "userinfo_claims";
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("iss"u8, Issuer);
        json.WriteString("sub"u8, Subject);
        JwtJson.WriteAudience(json, Audience);
        json.WriteString("client_id"u8, ClientId);
        json.WriteString("scope"u8, ScopeNames.Join(Scopes));
        json.WriteString("jti"u8, Id);
        json.WriteNumber("iat"u8, IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, ExpiresAt.ToUnixTimeSeconds());
        if (AuthTime is { } authTime)
        {
            json.WriteNumber("auth_time"u8, authTime.ToUnixTimeSeconds());
        }

        JwtJson.WriteOptional(json, "acr", Acr);
        JwtJson.WriteOptional(json, "sid", SessionId);
        JwtJson.WriteOptional(json, Names.AuthorizationId, AuthorizationId);
        JwtJson.WriteOptional(json, Names.FamilyId, FamilyId);
        if (UserInfoClaims.Count > 0)
        {
            JwtJson.WriteList(json, Names.UserInfoClaims, UserInfoClaims);
        }

        json.WriteEndObject();
    }
}
