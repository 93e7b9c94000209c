using System.Text.Json;
using AuthServer.Outbound;
using AuthServer.Vault.Providers;

namespace AuthServer.ExternalSignIn;

/// <summary>What an OpenID provider publishes of itself (OpenID Connect Discovery §3), as much of it as a sign-in needs.</summary>
/// <param name="SaysIssuer">Whether its answers always name their issuer (RFC 9207 §3).</param>
public sealed record DiscoveryDocument(
    string Issuer, string AuthorizationEndpoint, string TokenEndpoint, Uri Keys, IReadOnlyList<ClientAuthentication> ClientAuthentication, bool SaysIssuer)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Null: it is none, or leads where nobody may be sent.</summary>
    public static DiscoveryDocument? Read(OutboundAnswer answer, Func<Uri, bool> admits)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body, Strict);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && Text(root, "issuer") is { } issuer
                && Address(root, "authorization_endpoint", admits) is { } authorize
                && Address(root, "token_endpoint", admits) is { } token
                && Address(root, "jwks_uri", admits) is { } keys
                ? new DiscoveryDocument(
                    issuer, authorize.OriginalString, token.OriginalString, keys, MethodsOf(root),
                    root.TryGetProperty("authorization_response_iss_parameter_supported", out var says) && says.ValueKind == JsonValueKind.True)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The parser's ways to say that it is none, and that a text in it is none.
            return null;
        }
    }

    // A brace would be a placeholder of ours.
    private static Uri? Address(JsonElement root, string name, Func<Uri, bool> admits) =>
        Text(root, name) is { } text && text.AsSpan().IndexOfAny('{', '}') < 0 && Uri.TryCreate(text, UriKind.Absolute, out var address) && admits(address) ? address : null;

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Without any it is Basic.</summary>
    private static ClientAuthentication[] MethodsOf(JsonElement root) =>
        root.TryGetProperty("token_endpoint_auth_methods_supported", out var methods) && methods.ValueKind == JsonValueKind.Array
        && !methods.EnumerateArray().Any(method => method.ValueEquals("client_secret_basic")) && methods.EnumerateArray().Any(method => method.ValueEquals("client_secret_post"))
            ? [Vault.Providers.ClientAuthentication.Post]
            : [Vault.Providers.ClientAuthentication.Basic];
}
