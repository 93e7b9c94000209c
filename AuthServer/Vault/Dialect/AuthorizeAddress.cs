using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>What one authorization asks for.</summary>
/// <param name="State">In base64url.</param>
/// <param name="Verifier">PKCE's; null: it is not used.</param>
/// <param name="Nonce">For an ID token; null: none is asked for.</param>
public sealed record Authorization(IReadOnlyList<string> Scopes, string State, string? Verifier, string? Nonce)
{
    public override string ToString() => "Authorization (redacted)";
}

/// <summary>The address that a person is sent to (RFC 6749 §4.1.1), in the provider's own dialect.</summary>
public static class AuthorizeAddress
{
    private const string OpenId = "openid";

    /// <summary>Null: a field that it needs is missing.</summary>
    public static Uri? Of(ProviderApp app, Authorization asked)
    {
        if (app.AuthorizeUrl is not { } url)
        {
            return null;
        }

        var rules = app.OAuth.Authorize;
        Dictionary<string, string?> parameters = new(StringComparer.Ordinal)
        {
            ["response_type"] = "code",
            ["client_id"] = app.ClientId,
            ["redirect_uri"] = app.RedirectUri,
            ["state"] = asked.State,
        };
        foreach (var (name, scopes) in ScopesOf(app.OAuth.Scopes, asked.Scopes))
        {
            parameters[name] = scopes;
        }

        if (asked.Nonce is not null && asked.Scopes.Contains(OpenId))
        {
            parameters["nonce"] = asked.Nonce;
        }

        if (asked.Verifier is not null)
        {
            (parameters["code_challenge"], parameters["code_challenge_method"]) = (ChallengeOf(asked.Verifier), "S256");
        }

        foreach (var name in rules.Omit)
        {
            parameters.Remove(name);
        }

        foreach (var (name, value) in rules.Parameters)
        {
            // One whose placeholder has no value is left out.
            parameters[name] = Placeholders.Fill(value, place => place == Placeholders.State ? asked.State : place == "scope" ? Joined(app.OAuth.Scopes, asked.Scopes) : app.Value(place));
        }

        var query = string.Join('&', parameters.Where(pair => pair.Value is not null).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value!)}"));
        return Uri.TryCreate(url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + query, UriKind.Absolute, out var address) ? address : null;
    }

    /// <summary>S256 (RFC 7636 §4.2).</summary>
    public static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>The parameters that name scopes: most have one, some ask for another kind by another.</summary>
    private static IEnumerable<(string Name, string Scopes)> ScopesOf(ScopeRules rules, IReadOnlyList<string> scopes) => !rules.Sent || scopes.Count == 0 ? [] : scopes
        .GroupBy(scope => rules.Known.FirstOrDefault(known => known.Name == scope)?.Parameter ?? "scope")
        .Select(group => (group.Key, Joined(rules, group)));

    private static string Joined(ScopeRules rules, IEnumerable<string> scopes) => string.Join(rules.Separator, scopes);
}
