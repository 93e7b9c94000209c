using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>OIDC Core §5.3: <c>GET</c> and <c>POST /connect/userinfo</c>.</summary>
public sealed class UserInfoEndpoint(PresentedTokens tokens, People people, IssuerUri issuer)
{
    private static readonly OAuthError InvalidToken = new("invalid_token", "The access token is missing, malformed, expired or revoked, or not for this endpoint.");
    private static readonly OAuthError InsufficientScope = new("insufficient_scope", "The access token lacks the scope openid.");

    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if ((await TokenOfAsync(http, ct)).Failed(out var error, out var token))
        {
            await TokenChallenge.RefuseAsync(http, error);
            return;
        }

        if (token.Length == 0)
        {
            TokenChallenge.Ask(http);
            return;
        }

        // A token made for another resource is not for us, however valid (RFC 9068 §4).
        var presented = await tokens.VerifyAsync(http, token, ct);
        if (presented.Claims is not { } claims || !claims.Contains("aud", issuer.Value))
        {
            await TokenChallenge.RefuseAsync(http, presented.Error ?? InvalidToken);
            return;
        }

        var scopes = claims.TryGetString("scope", out var list) ? ScopeNames.Parse(list) ?? [] : [];
        if (!scopes.Contains(ScopeNames.OpenId))
        {
            await TokenChallenge.RefuseAsync(http, InsufficientScope, ScopeNames.OpenId);
            return;
        }

        var person = claims.TryGetString("sub", out var subject) ? await people.ClaimsAsync(subject, ct) : null;
        if (person is null)
        {
            await TokenChallenge.RefuseAsync(http, InvalidToken);
            return;
        }

        await OAuthResponse.WriteAsync(http, StatusCodes.Status200OK, (person, names: NamesOf(claims, scopes)), static (json, answer) => Write(json, answer.person, answer.names));
    }

    private static IEnumerable<string> NamesOf(JwtClaims claims, IReadOnlyList<string> scopes) =>
        PersonClaims.NamesFor(scopes).Concat(claims.TryGetStrings(AccessToken.Names.UserInfoClaims, out var asked) ? asked : []);

    private static void Write(Utf8JsonWriter json, PersonClaims person, IEnumerable<string> names)
    {
        json.WriteStartObject();
        json.WriteString("sub"u8, person.Subject);
        person.WriteTo(json, names);
        json.WriteEndObject();
    }

    /// <summary>RFC 6750 §2: in the header, or in a form body; never both, never in the URL. Empty when there is none.</summary>
    private static async Task<Result<string>> TokenOfAsync(HttpContext http, CancellationToken ct)
    {
        var header = TokenHeader.Read(http);
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.ContentType is null)
        {
            return header ?? "";
        }

        if ((await RequestForm.ReadAsync(http.Request, ct)).Failed(out var error, out var form))
        {
            return error;
        }

        // RFC 6750 §3.1: a parameter that stands twice, or a token sent in two ways, is a malformed request.
        if (form.Duplicate is not null || (header is not null && form.Has("access_token")))
        {
            return OAuthError.InvalidRequest("Send the access token once, not twice.");
        }

        return header ?? form["access_token"] ?? "";
    }
}
