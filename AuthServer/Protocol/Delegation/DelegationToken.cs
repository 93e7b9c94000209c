using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthServer.Jose;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Delegation;

/// <summary>What one hop of a delegation chain says (draft-asor-wimse-agent-delegation-chain §3): an access token of RFC 9068 that names its parent.</summary>
public sealed record DelegationToken
{
    /// <summary>The claim that says where the token's status is kept (draft-ietf-oauth-status-list).</summary>
    public const string StatusClaim = "status";

    /// <summary>The claims that have a property of their own.</summary>
    internal static IReadOnlyList<string> Claims { get; } =
        ["iss", "jti", "sub", "client_id", "aud", "iat", "nbf", "exp", "cnf", "authorization_details", "del_depth", "del_max_depth", "par_hash"];

    public required string Issuer { get; init; }

    public required string Id { get; init; }

    /// <summary><c>sub</c>: under whose grant the chain acts; the same at every hop.</summary>
    public required string Principal { get; init; }

    /// <summary><c>client_id</c>: the agent that acts at this hop.</summary>
    public required string Agent { get; init; }

    public required IReadOnlyList<string> Audience { get; init; }

    /// <summary>Whole seconds are written.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>cnf.jkt</c>: the thumbprint of the key that whoever presents it must hold (RFC 9449 §6.1).</summary>
    public required string KeyThumbprint { get; init; }

    public required Authority Authority { get; init; }

    /// <summary>0 for the root.</summary>
    public required long Depth { get; init; }

    /// <summary>How many tokens the chain may have, this one and the root included. A child without it has its parent's.</summary>
    public long? MaxDepth { get; init; }

    /// <summary><see cref="HashOf"/> of the parent; null for the root.</summary>
    public string? ParentHash { get; init; }

    /// <summary>Claims that are none of the above, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Others { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>What a child of this token says as its <see cref="ParentHash"/>: SHA-256 of everything that was signed, base64url.</summary>
    public static string HashOf(string token)
    {
        var signed = token.AsSpan(0, token.LastIndexOf('.'));
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes([.. signed])));
    }

    /// <exception cref="InvalidOperationException">A value has no canonical form, or a scope none of the three that a chain knows: nobody would take the token.</exception>
    public string Sign(SigningKey key)
    {
        if (!Authority.Scopes.All(DelegationScopes.IsValid))
        {
            throw new InvalidOperationException("A scope cannot stand in a delegation token.");
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            WriteTo(json);
        }

        return Jws.SignCanonical(key, AccessToken.MediaType, JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    private void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("iss", Issuer);
        json.WriteString("jti", Id);
        json.WriteString("sub", Principal);
        json.WriteString("client_id", Agent);
        JwtJson.WriteAudience(json, Audience);
        json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
        if (NotBefore is { } notBefore)
        {
            json.WriteNumber("nbf", notBefore.ToUnixTimeSeconds());
        }

        json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
        json.WriteStartObject("cnf");
        json.WriteString("jkt", KeyThumbprint);
        json.WriteEndObject();
        Authority.WriteTo(json);
        json.WriteNumber("del_depth", Depth);
        if (MaxDepth is { } maxDepth)
        {
            json.WriteNumber("del_max_depth", maxDepth);
        }

        JwtJson.WriteOptional(json, "par_hash", ParentHash);
        foreach (var (name, value) in Others)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
