using System.Buffers.Text;
using System.Text;

namespace AuthServer.Protocol.Clients;

/// <summary>How the caller of a client-authenticated endpoint presents itself (RFC 6749 §2.3, RFC 7523 §2.2): exactly one way.</summary>
/// <param name="Method">One of <see cref="ClientAuthenticationMethods"/>.</param>
/// <param name="ClientId">The id named outside an assertion; null where only the assertion names it.</param>
/// <param name="Proof">The secret or the assertion; null for <c>none</c>.</param>
public sealed record ClientCredentials(string Method, string? ClientId, string? Proof)
{
    internal const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>A record prints its members; the proof is not for printing.</summary>
    public override string ToString() => $"{Method} {ClientId}";

    public static Result<ClientCredentials> Read(Parameters form, string? authorization)
    {
        var hasSecret = form.Has("client_secret");
        var hasAssertion = form.Has("client_assertion") || form.Has("client_assertion_type");

        // RFC 6749 §2.3: a client must not use more than one method in a request.
        if ((authorization is not null ? 1 : 0) + (hasSecret ? 1 : 0) + (hasAssertion ? 1 : 0) > 1)
        {
            return OAuthError.InvalidRequest("Use one method of client authentication, not several.");
        }

        if (authorization is not null)
        {
            return ReadBasic(form, authorization);
        }

        var clientId = form["client_id"];
        if (hasAssertion)
        {
            return form["client_assertion_type"] == AssertionType && form["client_assertion"] is { } assertion
                ? new ClientCredentials(ClientAuthenticationMethods.PrivateKeyJwt, clientId, assertion)
                : OAuthError.InvalidClient("assertion_type");
        }

        if (clientId is null && !hasSecret)
        {
            return OAuthError.InvalidClient("no_client");
        }

        // A secret alone may be a key that names its client; who looks it up knows.
        return hasSecret
            ? new ClientCredentials(ClientAuthenticationMethods.Post, clientId, form["client_secret"])
            : new ClientCredentials(ClientAuthenticationMethods.None, clientId, null);
    }

    private static Result<ClientCredentials> ReadBasic(Parameters form, string authorization)
    {
        const string scheme = "Basic ";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return OAuthError.InvalidClient("scheme");
        }

        var encoded = Encoding.UTF8.GetBytes(authorization[scheme.Length..].Trim());
        if (!Base64.IsValid(encoded) || Convert.FromBase64String(Encoding.UTF8.GetString(encoded)) is not { } decoded)
        {
            return OAuthError.InvalidClient("basic_encoding");
        }

        var colon = Array.IndexOf(decoded, (byte)':');
        if (colon <= 0)
        {
            return OAuthError.InvalidClient("basic_encoding");
        }

        // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
        if (Parameters.Decode(decoded.AsSpan(0, colon)) is not { Length: > 0 } clientId
            || Parameters.Decode(decoded.AsSpan(colon + 1)) is not { Length: > 0 } secret)
        {
            return OAuthError.InvalidClient("basic_encoding");
        }

        return form["client_id"] is { } named && named != clientId
            ? OAuthError.InvalidRequest("client_id differs between the body and the Authorization header.")
            : new ClientCredentials(ClientAuthenticationMethods.Basic, clientId, secret);
    }
}
