using System.Text.Json;

namespace AuthServer.Protocol.Clients;

/// <summary>What a client says of itself (RFC 7591 §2), in a registration or in its metadata document. Members that are not known here are left alone.</summary>
public sealed record ClientMetadata
{
    private const int MostAddresses = 20;
    private const int LongestName = 200;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Null where it does not say.</summary>
    public string? Name { get; init; }

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Those of <see cref="ClientAuthenticationMethods"/> that it may use; empty: it does not say.</summary>
    public IReadOnlyList<string> AuthenticationMethods { get; init; } = [];

    /// <summary>Those that it asked for and that clients which introduce themselves can have.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = [];

    public bool IsNative { get; init; }

    /// <summary>RFC 9449 §5.2: <c>dpop_bound_access_tokens</c>.</summary>
    public bool RequiresDPoP { get; init; }

    public string? JsonWebKeySetUri { get; init; }

    /// <summary>JSON, not checked yet.</summary>
    public string? JsonWebKeySet { get; init; }

    /// <summary>The object itself, for members that only one of the two uses has.</summary>
    public JsonElement Source { get; init; }

    /// <summary>The error is RFC 7591 §3.2.2's.</summary>
    public static Result<ClientMetadata> Parse(ReadOnlySpan<byte> utf8)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(utf8, Strict);
        }
        catch (JsonException) // the parser has no other way to say so
        {
            return Invalid("The metadata is not valid JSON.", "json");
        }

        return json.ValueKind == JsonValueKind.Object ? Read(json) : Invalid("The metadata is not a JSON object.", "json");
    }

    public static OAuthError Invalid(string description, string reason) => new("invalid_client_metadata", description, reason);

    /// <summary>A member that is text; null where it is absent or empty.</summary>
    public static OAuthError? Read(JsonElement json, string name, out string? text)
    {
        text = null;
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        text = TextOf(value);
        if (text is null)
        {
            return Invalid($"{name} is not a string.", name);
        }

        text = text.Length == 0 ? null : text;
        return null;
    }

    /// <summary>A member that is true or false; false where it is absent.</summary>
    private static OAuthError? ReadFlag(JsonElement json, string name, out bool flag)
    {
        flag = json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
        return flag || value.ValueKind is JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined ? null : Invalid($"{name} is neither true nor false.", name);
    }

    private static Result<ClientMetadata> Read(JsonElement json)
    {
        string? type = null, keysUri = null;
        if ((Read(json, "client_name", out var name) ?? Read(json, "application_type", out type) ?? Read(json, "jwks_uri", out keysUri)) is { } fault)
        {
            return fault;
        }

        if (List(json, "redirect_uris").Failed(out var error, out var addresses)
            || List(json, "grant_types").Failed(out error, out var grants)
            || List(json, "response_types").Failed(out error, out var responses)
            || Methods(json).Failed(out error, out var methods)
            || (error = ReadFlag(json, "dpop_bound_access_tokens", out var bound)) is not null)
        {
            return error;
        }

        if (name?.Length > LongestName || name?.Any(char.IsControl) == true)
        {
            return Invalid($"client_name is longer than {LongestName} characters, or holds a control character.", "client_name");
        }

        var keys = json.TryGetProperty("jwks", out var set) && set.ValueKind != JsonValueKind.Null ? set.GetRawText() : null;
        var native = type == "native" || (type is null && !addresses.All(IsWeb));
        if ((CheckAddresses(addresses, native) ?? CheckUse(grants, responses, type) ?? CheckKeys(keysUri, keys, methods)) is { } wrong)
        {
            return wrong;
        }

        return new ClientMetadata
        {
            Name = name,
            RedirectUris = addresses,
            AuthenticationMethods = methods,
            GrantTypes = Granted(grants),
            IsNative = native,
            RequiresDPoP = bound,
            JsonWebKeySetUri = keysUri,
            JsonWebKeySet = keys,
            Source = json,
        };
    }

    private static OAuthError? CheckAddresses(IReadOnlyList<string> addresses, bool native)
    {
        if (addresses.Count is 0 or > MostAddresses)
        {
            return new OAuthError("invalid_redirect_uri", $"redirect_uris must name 1 to {MostAddresses} addresses.", "redirect_uris");
        }

        // OIDC Registration §2 keeps loopback for native clients; browser extensions and tools of developers call themselves web and use it all the same.
        return addresses.Select(address => Authorize.RedirectUris.Refuse(address, native)).FirstOrDefault(fault => fault is not null) is { } why
            ? new OAuthError("invalid_redirect_uri", $"One of redirect_uris {why}.", "redirect_uri")
            : null;
    }

    private static OAuthError? CheckUse(IReadOnlyList<string> grants, IReadOnlyList<string> responses, string? type)
    {
        // Other grants may be named: clients list all that they know, and are told which they have.
        if (grants.Count > 0 && !grants.Contains(Protocol.GrantTypes.AuthorizationCode))
        {
            return Invalid("grant_types must contain authorization_code: clients that introduce themselves act for people only.", "grant_types");
        }

        if (responses.Count > 0 && !responses.Contains("code"))
        {
            return Invalid("response_types must contain code.", "response_types");
        }

        return type is null or "web" or "native" ? null : Invalid("application_type must be web or native.", "application_type");
    }

    private static OAuthError? CheckKeys(string? uri, string? keys, IReadOnlyList<string> methods) =>
        uri is not null && keys is not null ? Invalid("jwks_uri and jwks exclude each other.", "jwks")
        : methods.Contains(ClientAuthenticationMethods.PrivateKeyJwt) && uri is null && keys is null ? Invalid("private_key_jwt needs jwks_uri or jwks.", "jwks")
        : null;

    /// <summary>The one that it prefers, then the others that it can use.</summary>
    private static Result<IReadOnlyList<string>> Methods(JsonElement json)
    {
        if (Read(json, "token_endpoint_auth_method", out var preferred) is { } fault)
        {
            return fault;
        }

        if (List(json, "token_endpoint_auth_methods_supported").Failed(out var error, out var others))
        {
            return error;
        }

        IReadOnlyList<string> named = preferred is null ? others : [preferred, .. others];
        string[] known = [.. named.Where(ClientAuthenticationMethods.All.Contains).Distinct(StringComparer.Ordinal)];
        return known.Length > 0 || named.Count == 0
            ? Result.Of<IReadOnlyList<string>>(known)
            : Invalid("token_endpoint_auth_method is not one that is supported here.", "token_endpoint_auth_method");
    }

    /// <summary>RFC 7591 §2: without grant_types a client has the code grant alone; one that stays connected says so.</summary>
    private static string[] Granted(IReadOnlyList<string> grants) => grants.Contains(Protocol.GrantTypes.RefreshToken)
        ? [Protocol.GrantTypes.AuthorizationCode, Protocol.GrantTypes.RefreshToken]
        : [Protocol.GrantTypes.AuthorizationCode];

    private static Result<IReadOnlyList<string>> List(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return Result.Of<IReadOnlyList<string>>([]);
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return Invalid($"{name} is not a list of strings.", name);
        }

        string?[] texts = [.. value.EnumerateArray().Select(TextOf)];
        return texts.Contains(null) ? Invalid($"{name} is not a list of strings.", name) : Result.Of<IReadOnlyList<string>>(texts!);
    }

    private static bool IsWeb(string address) => address.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>Null for a lone surrogate, which is no text.</summary>
    private static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString() is { } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
