using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace AuthServer.Bench.Servers;

/// <summary>An organization with one agent and three policies that allow what it does. Only for the preparation.</summary>
public sealed class Team(Uri server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server };
    private Task<(string Key, string ClientId, string ClientSecret)>? _made;

    /// <summary>The organization's credential, for raw requests; with its line end.</summary>
    public async Task<string> KeyHeaderAsync() => $"X-Api-Key: {(await MadeAsync()).Key}\r\n";

    /// <summary>A new token of the agent.</summary>
    public async Task<string> TokenAsync()
    {
        var (_, clientId, clientSecret) = await MadeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "email:send")]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{clientId}:{clientSecret}")));
        return Text(await SendAsync(request), "access_token");
    }

    public void Dispose() => _http.Dispose();

    private Task<(string Key, string ClientId, string ClientSecret)> MadeAsync() => _made ??= MakeAsync();

    private async Task<(string Key, string ClientId, string ClientSecret)> MakeAsync()
    {
        var registered = await PostAsync("/api/v1/developers/register", new { name = "Bench", email = "bench-developer@example.com", password = RealServer.Secret }, null);
        var key = Text(registered, "apiKey");
        var agent = await PostAsync("/api/v1/agents", new { name = "Bench agent", allowedScopes = new[] { "email:send" } }, key);
        object[] policies =
        [
            new { type = "action_blocklist", config = new { actions = new[] { "payments:charge" } } },
            new { type = "ip_allowlist", config = new { cidrs = new[] { "192.0.2.0/24" } } },
            new { type = "rate_limit", config = new { maxRequests = 1_000_000_000, windowSeconds = 3600, scope = "per_agent" } },
        ];
        foreach (var rule in policies)
        {
            await PostAsync("/api/v1/policies", new { name = "Bench", rules = new[] { rule } }, key);
        }

        return (key, Text(agent, "clientId"), Text(agent, "clientSecret"));
    }

    private Task<JsonElement> PostAsync(string path, object body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        return SendAsync(request);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonElement.Parse(text)
            : throw new InvalidOperationException($"{request.RequestUri}: {(int)answer.StatusCode} {text}");
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
