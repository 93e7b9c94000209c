using System.Text.Json;
using AuthServer.Jose;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Delegation;

/// <summary>Reads one token of a chain, whoever signed it: its octets have one spelling, and every claim the form that the draft demands.</summary>
internal static class DelegationTokenReader
{
    private const long FirstSecond = -62_135_596_800; // of the year 1
    private const long LastSecond = 253_402_300_799;  // of the year 9999

    private static readonly JwsTyp Typ = JwsTyp.Of(AccessToken.MediaType);

    private static readonly string[] Texts = ["iss", "jti", "sub", "client_id"];

    /// <summary>Null, and the token, when there is no fault in it.</summary>
    public static ChainFault? Read(string token, int hop, out DelegationToken? read)
    {
        read = null;
        if (token.Length > Jws.MaxTokenLength || token.Split('.') is not [var header, var payload, var signature] || CanonicalBase64Url.Decode(signature) is null)
            return new ChainFault(ChainOutcome.Malformed, hop, $"This is not three parts in base64url, of at most {Jws.MaxTokenLength} characters.");
        if (ReadPart(header, hop, out var members) is { } headerFault)
            return headerFault;
        if (Text(members, "alg") is null || Text(members, "typ") is not { } typ || !Typ.Accepts(true, typ, out _))
            return new ChainFault(ChainOutcome.Malformed, hop, $"The header has no \"alg\", or not the \"typ\" {AccessToken.MediaType}.");
        if (ReadPart(payload, hop, out var claims) is { } payloadFault)
            return payloadFault;
        return ReadClaims(claims, hop == 0, out read) is { } detail ? new ChainFault(ChainOutcome.Malformed, hop, detail) : null;
    }

    private static ChainFault? ReadPart(string part, int hop, out JsonElement json)
    {
        json = default;
        if (CanonicalBase64Url.Decode(part) is not { } octets)
            return new ChainFault(ChainOutcome.Malformed, hop, "A part is not base64url in its one spelling.");
        switch (CanonicalJson.FaultOf(octets))
        {
            case CanonicalJsonFault.NotCanonical:
                return new ChainFault(ChainOutcome.NonCanonical, hop, "Header and payload are in canonical JSON (RFC 8785), to the octet.");
            case CanonicalJsonFault.DuplicateMember:
                return new ChainFault(ChainOutcome.DuplicateMember, hop, "An object repeats a member name.");
            case CanonicalJsonFault.NonFinite:
                return new ChainFault(ChainOutcome.NonFinite, hop, "A number is not finite.");
            case CanonicalJsonFault.UnsafeNumber:
                return new ChainFault(ChainOutcome.Malformed, hop, "A number is beyond 2^53-1 in magnitude.");
            case CanonicalJsonFault.Malformed:
                return new ChainFault(ChainOutcome.Malformed, hop, "A part is no JSON.");
            default:
                json = JsonElement.Parse(octets);
                return json.ValueKind == JsonValueKind.Object ? null : new ChainFault(ChainOutcome.Malformed, hop, "A part is no JSON object.");
        }
    }

    private static string? ReadClaims(JsonElement claims, bool isRoot, out DelegationToken? token)
    {
        token = null;
        if (FormFault(claims, isRoot) is { } form)
            return form;
        if (!Authority.TryRead(claims.GetProperty("authorization_details"), out var authority, out var fault))
            return fault;

        token = new DelegationToken
        {
            Issuer = Text(claims, "iss")!,
            Id = Text(claims, "jti")!,
            Principal = Text(claims, "sub")!,
            Agent = Text(claims, "client_id")!,
            Audience = Strings(claims, "aud")!,
            IssuedAt = Moment(claims, "iat")!.Value,
            NotBefore = Moment(claims, "nbf"),
            ExpiresAt = Moment(claims, "exp")!.Value,
            KeyThumbprint = Text(claims.GetProperty("cnf"), "jkt")!,
            Authority = authority,
            Depth = Count(claims, "del_depth")!.Value,
            MaxDepth = Count(claims, "del_max_depth"),
            ParentHash = Text(claims, "par_hash"),
            Others = claims.EnumerateObject().Where(member => !DelegationToken.Claims.Contains(member.Name)).ToDictionary(member => member.Name, member => member.Value),
        };
        return null;
    }

    private static string? FormFault(JsonElement claims, bool isRoot)
    {
        if (Array.Find(Texts, name => Text(claims, name) is null) is { } missing)
            return $"\"{missing}\" is not a string.";
        if (isRoot && Text(claims, "sub") is "")
            return "\"sub\" is empty.";
        if (Strings(claims, "aud") is not { Count: > 0 })
            return "\"aud\" is neither a string nor an array of strings with one or more members.";
        if (Moment(claims, "iat") is null || Moment(claims, "exp") is null)
            return "\"iat\" or \"exp\" is not a time in seconds.";
        if (claims.TryGetProperty("nbf", out _) && Moment(claims, "nbf") is null)
            return "\"nbf\" is not a time in seconds.";
        if (!claims.TryGetProperty("cnf", out var cnf) || cnf.ValueKind != JsonValueKind.Object || Text(cnf, "jkt") is null)
            return "\"cnf\" has no \"jkt\".";
        if (Count(claims, "del_depth") is null)
            return "\"del_depth\" is not a whole number of 0 or more.";
        if (Count(claims, "del_max_depth") is null or 0 && (isRoot || claims.TryGetProperty("del_max_depth", out _)))
            return "\"del_max_depth\" is not a whole number of 1 or more.";
        if (isRoot ? claims.TryGetProperty("par_hash", out _) : Text(claims, "par_hash") is null)
            return "Every token but the root has a \"par_hash\", a string.";
        return claims.TryGetProperty("authorization_details", out _) ? null : "\"authorization_details\" is missing.";
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string>? Strings(JsonElement json, string name)
    {
        if (Text(json, name) is { } one)
            return [one];
        return json.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. array.EnumerateArray().Select(item => item.GetString()!)]
            : null;
    }

    private static long? Count(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0 ? count : null;

    // RFC 7519 §2: a NumericDate may have a fraction, which counts when expiries are compared.
    private static DateTimeOffset? Moment(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= FirstSecond and <= LastSecond and var seconds
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : null;
}
