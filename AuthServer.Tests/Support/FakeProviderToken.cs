using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Tests.Support;

/// <summary>The token endpoint of a <see cref="FakeProvider"/>: forms and JSON, the client in the header or in the body.</summary>
internal static class FakeProviderToken
{
    /// <summary>The refresh token of a call, among the items of its context.</summary>
    public const string Sent = "refresh_token";

    public static async Task AnswerAsync(FakeProvider provider, HttpContext http)
    {
        var form = await ReadAsync(http);
        http.Items[Sent] = form.GetValueOrDefault(Sent);
        if (provider.Rules.RefusesClient || !IsClient(http, form))
        {
            await ErrorAsync(provider, http, "invalid_client", 401);
            return;
        }

        var tokens = form.GetValueOrDefault("grant_type") switch
        {
            "authorization_code" => provider.Grants.Redeem(form.GetValueOrDefault("code", ""), form.GetValueOrDefault("code_verifier"), form.GetValueOrDefault("redirect_uri")),
            "refresh_token" => provider.Grants.Refresh(form.GetValueOrDefault("refresh_token", "")),
            _ => null,
        };
        await (tokens is null ? ErrorAsync(provider, http, provider.Rules.DeadCode, provider.Rules.ErrorStatus) : WriteAsync(provider, http, Answer(provider.Rules, tokens), 200));
    }

    private static Dictionary<string, object> Answer(FakeProviderRules rules, FakeTokens tokens)
    {
        var answer = new Dictionary<string, object> { ["access_token"] = tokens.AccessToken, ["token_type"] = "Bearer" };
        if (tokens.RefreshToken is { } refresh)
        {
            answer["refresh_token"] = refresh;
        }

        if (rules.SaysExpiry)
        {
            answer["expires_in"] = (int)rules.AccessLifetime.TotalSeconds;
        }

        if (rules.SaysScope)
        {
            answer["scope"] = string.Join(' ', tokens.Grant.Scopes);
        }

        return answer;
    }

    private static Task ErrorAsync(FakeProvider provider, HttpContext http, string code, int status) =>
        WriteAsync(provider, http, new() { ["error"] = code, ["error_description"] = "As the test says." }, status);

    private static Task WriteAsync(FakeProvider provider, HttpContext http, Dictionary<string, object> answer, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = provider.Rules.AnswersForms ? "application/x-www-form-urlencoded" : "application/json";
        var text = provider.Rules.AnswersForms
            ? QueryString.Create(answer.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToString()))).ToString()[1..]
            : JsonSerializer.Serialize(answer);
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();
    }

    private static async Task<Dictionary<string, string>> ReadAsync(HttpContext http) => http.Request.HasJsonContentType()
        ? (await http.Request.ReadFromJsonAsync<Dictionary<string, string>>())!
        : (await http.Request.ReadFormAsync()).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

    private static bool IsClient(HttpContext http, Dictionary<string, string> form)
    {
        var (id, secret) = (form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret"));
        if (http.Request.Headers.Authorization.ToString() is { Length: > 6 } header && header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            // RFC 6749 §2.3.1: both are encoded as in a form. Where one is not, it reads the same.
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])).Split(':', 2);
            (id, secret) = (System.Net.WebUtility.UrlDecode(parts[0]), System.Net.WebUtility.UrlDecode(parts[1]));
        }

        return id == FakeProvider.ClientId && secret == FakeProvider.ClientSecret;
    }
}
