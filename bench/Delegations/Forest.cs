using System.Text.Json;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench.Delegations;

/// <summary>Agents that delegate to each other by the API: one to a second, that one to 99 others, each of them a hundred times to the last.</summary>
internal sealed class Forest : IDisposable
{
    private const int Branches = 99;
    private const int LeavesOfEach = 100;
    private const int TokensOfEach = 2;

    public const int Nodes = 1 + Branches + (Branches * LeavesOfEach);

    private static readonly string[] Scopes = ["email:send"];

    private readonly JsonClient _http;
    private string _key = "";
    private (string Id, string Basic)[] _agents = [];
    private string[] _leaves = [];

    private Forest(Uri server) => _http = new JsonClient(server);

    public static async Task<Forest> PlantAsync(Uri server)
    {
        var forest = new Forest(server);
        var registered = await forest._http.PostAsync(
            "/api/v1/developers/register", new { name = "Bench", email = "bench-forest@example.com", password = RealServer.Secret }, null);
        forest._key = Text(registered, "apiKey");
        forest._agents = await Task.WhenAll(Enumerable.Range(0, Branches + 3).Select(async i =>
        {
            var agent = await forest._http.PostAsync("/api/v1/agents", new { name = $"Bench agent {i}", allowedScopes = Scopes }, forest._key);
            return (Text(agent, "id"), $"Basic {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{Text(agent, "clientId")}:{Text(agent, "clientSecret")}"))}");
        }));
        return forest;
    }

    /// <summary>A new tree; its root.</summary>
    public async Task<string> GrowAsync()
    {
        var root = await DelegateAsync();
        var branches = await Task.WhenAll(Enumerable.Range(0, Branches).Select(i => DelegateAsync(1, 3 + i, root)));
        var leaves = new string[Branches * LeavesOfEach];
        await Parallel.ForAsync(0, leaves.Length, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
            leaves[i] = await DelegateAsync(3 + (i % Branches), 2, branches[i % Branches]));
        _leaves = leaves;
        return root;
    }

    /// <summary>A hop from the first agent to the second.</summary>
    public Task<string> DelegateAsync() => DelegateAsync(0, 1, null);

    public Task RevokeAsync(string delegation) => _http.DeleteAsync("/api/v1/delegations/" + delegation, _key);

    /// <summary>Tokens at the bottom, some below each branch.</summary>
    public Task<string[]> TokensAsync() => Task.WhenAll(_leaves.Take(Branches * TokensOfEach).Select(leaf => TokenAsync(2, leaf)));

    /// <summary>A token of the last agent that came by no branch of the tree.</summary>
    public async Task<string> TokenBesideAsync() => await TokenAsync(2, await DelegateAsync(0, 2, null));

    public async Task<bool> IsActiveAsync(string token) =>
        (await _http.PostFormAsync("/connect/introspect", $"token={token}", _agents[2].Basic)).GetProperty("active").GetBoolean();

    public void Dispose() => _http.Dispose();

    private async Task<string> TokenAsync(int agent, string delegation) =>
        Text(await _http.PostFormAsync("/connect/token", $"grant_type=agent_delegation&delegation_id={delegation}", _agents[agent].Basic), "access_token");

    private async Task<string> DelegateAsync(int from, int to, string? parent) => Text(
        await _http.PostAsync(
            "/api/v1/delegations",
            new { delegator_agent_id = _agents[from].Id, delegate_agent_id = _agents[to].Id, scopes = Scopes, delegation_id = parent },
            _key),
        "id");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
