using System.Text;
using System.Text.Json;
using AuthServer.Bench.Http;

namespace AuthServer.Bench.Servers;

/// <summary>An organization with three policies that allow what its agents do: one agent, and four that delegate to each other in a row. Only for the
/// preparation.</summary>
public sealed class Team(Uri server) : IDisposable
{
    private static readonly string[] Scopes = ["email:send"];

    private readonly JsonClient _http = new(server);
    private Task<(string Key, string ClientId, string ClientSecret)>? _made;
    private Task<IReadOnlyList<(string ClientId, string ClientSecret)>>? _chain;

    /// <summary>The organization's credential, for raw requests; with its line end.</summary>
    public async Task<string> KeyHeaderAsync() => $"X-Api-Key: {(await MadeAsync()).Key}\r\n";

    /// <summary>A new token of the agent.</summary>
    public async Task<string> TokenAsync()
    {
        var (_, clientId, clientSecret) = await MadeAsync();
        return await TokenAsync((clientId, clientSecret), "grant_type=client_credentials&scope=email:send");
    }

    /// <summary>The request by which the agent that comes after so many hops exchanges the token of the one before it: its credential and its form.</summary>
    public async Task<(string Authorization, string Form)> ExchangeAsync(int hops)
    {
        var agents = await (_chain ??= MakeChainAsync());
        var token = await TokenAsync(agents[0], "grant_type=client_credentials&scope=email:send");
        for (var hop = 1; hop < hops; hop++)
        {
            token = await TokenAsync(agents[hop], ExchangeForm(token));
        }

        return (RequestTemplate.Basic(agents[hops].ClientId, agents[hops].ClientSecret), ExchangeForm(token));
    }

    /// <summary>A token that came by so many hops.</summary>
    public async Task<string> DelegatedTokenAsync(int hops)
    {
        var (_, form) = await ExchangeAsync(hops);
        return await TokenAsync((await _chain!)[hops], form);
    }

    public void Dispose() => _http.Dispose();

    private Task<(string Key, string ClientId, string ClientSecret)> MadeAsync() => _made ??= MakeAsync();

    private async Task<(string Key, string ClientId, string ClientSecret)> MakeAsync()
    {
        var registered = await _http.PostAsync("/api/v1/developers/register", new { name = "Bench", email = "bench-developer@example.com", password = RealServer.Secret }, null);
        var key = Text(registered, "apiKey");
        var agent = await _http.PostAsync("/api/v1/agents", new { name = "Bench agent", allowedScopes = Scopes }, key);
        object[] policies =
        [
            new { type = "action_blocklist", config = new { actions = new[] { "payments:charge" } } },
            new { type = "ip_allowlist", config = new { cidrs = new[] { "192.0.2.0/24" } } },
            new { type = "rate_limit", config = new { maxRequests = 1_000_000_000, windowSeconds = 3600, scope = "per_agent" } },
        ];
        foreach (var rule in policies)
        {
            await _http.PostAsync("/api/v1/policies", new { name = "Bench", rules = new[] { rule } }, key);
        }

        return (key, Text(agent, "clientId"), Text(agent, "clientSecret"));
    }

    private async Task<IReadOnlyList<(string ClientId, string ClientSecret)>> MakeChainAsync()
    {
        var (key, _, _) = await MadeAsync();
        List<(string ClientId, string ClientSecret)> agents = [];
        var (before, delegation) = ("", (string?)null);
        for (var i = 0; i < 4; i++)
        {
            var agent = await _http.PostAsync("/api/v1/agents", new { name = $"Bench agent {i}", allowedScopes = Scopes }, key);
            agents.Add((Text(agent, "clientId"), Text(agent, "clientSecret")));
            if (i > 0)
            {
                var made = await _http.PostAsync(
                    "/api/v1/delegations",
                    new { delegatorAgentId = before, delegateAgentId = Text(agent, "id"), scopes = Scopes, delegationId = delegation, maxChainDepth = 5 },
                    key);
                delegation = Text(made, "id");
            }

            before = Text(agent, "id");
        }

        return agents;
    }

    private static string ExchangeForm(string token) =>
        $"grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={token}&subject_token_type=urn:ietf:params:oauth:token-type:access_token";

    private async Task<string> TokenAsync((string ClientId, string ClientSecret) agent, string form)
    {
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{agent.ClientId}:{agent.ClientSecret}"));
        return Text(await _http.PostFormAsync("/connect/token", form, $"Basic {basic}"), "access_token");
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
