using System.Text.Json;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Authorize;

/// <summary>The <c>claims</c> parameter (OIDC Core §5.5), as far as it can be honoured. Unknown claims are ignored, as §5.5 asks.</summary>
public sealed record ClaimsRequest
{
    private const int LongestParameter = 8192;

    public static ClaimsRequest Empty { get; } = new();

    public IReadOnlyList<string> IdToken { get; init; } = [];

    public IReadOnlyList<string> UserInfo { get; init; } = [];

    /// <summary>The only person that may answer, where the request names one by <c>sub</c>.</summary>
    public string? RequiredSubject { get; init; }

    /// <summary>§5.5.1.1: authentication contexts of which one must be reached; empty: any will do.</summary>
    public IReadOnlyList<string> EssentialAcr { get; init; } = [];

    /// <summary>The scopes that show what is asked for by name.</summary>
    public IEnumerable<string> Scopes => IdToken.Concat(UserInfo).Select(PersonClaims.ScopeOf).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Without the claims of all other scopes; §5.5 lets them be left out.</summary>
    public ClaimsRequest Within(Func<string, bool> scopes)
    {
        bool Shown(string name) => PersonClaims.ScopeOf(name) is not { } scope || scopes(scope);
        return this with { IdToken = [.. IdToken.Where(Shown)], UserInfo = [.. UserInfo.Where(Shown)] };
    }

    public static Result<ClaimsRequest> Parse(string? parameter)
    {
        if (parameter is null)
        {
            return Empty;
        }

        try
        {
            using var document = JsonDocument.Parse(parameter.Length <= LongestParameter ? parameter : "", new() { MaxDepth = 8 });
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && Section(root, "id_token") is { } idToken && Section(root, "userinfo") is { } userInfo)
            {
                return new ClaimsRequest
                {
                    IdToken = Names(idToken),
                    UserInfo = Names(userInfo),
                    RequiredSubject = Values(idToken, "sub", mustBeEssential: false).FirstOrDefault(),
                    EssentialAcr = Values(idToken, "acr", mustBeEssential: true),
                };
            }
        }
        catch (JsonException)
        {
            // The one way the reader says that text is not JSON; answered like every other malformed value.
        }

        return OAuthError.InvalidRequest("The claims parameter is not the JSON object that OpenID Connect Core 5.5 describes.");
    }

    private static Dictionary<string, JsonElement>? Section(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var section) || section.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (section.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var claims = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var claim in section.EnumerateObject())
        {
            if (claim.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object))
            {
                return null;
            }

            claims[claim.Name] = claim.Value;
        }

        return claims;
    }

    private static string[] Names(Dictionary<string, JsonElement> section) => [.. section.Keys.Where(PersonClaims.Names.Contains)];

    private static string[] Values(Dictionary<string, JsonElement> section, string name, bool mustBeEssential)
    {
        if (!section.TryGetValue(name, out var claim) || claim.ValueKind != JsonValueKind.Object
            || (mustBeEssential && !(claim.TryGetProperty("essential", out var essential) && essential.ValueKind == JsonValueKind.True)))
        {
            return [];
        }

        if (claim.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String)
        {
            return [value.GetString()!];
        }

        return claim.TryGetProperty("values", out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
            : [];
    }
}
