using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench.Vault;

/// <summary>An organization that describes the provider, an agent of it, and accounts that are linked by the pages' own forms. Only for the preparation.</summary>
internal sealed partial class LinkedAccounts : IDisposable
{
    private static readonly string[] Scopes = ["vault:tokens:use", "vault:tokens:read"];
    private static readonly string[] Key = ["sub"];

    private readonly Uri _server;
    private readonly JsonClient _http;
    private string _key = "";

    private LinkedAccounts(Uri server) => (_server, _http) = (server, new JsonClient(server));

    /// <summary>The agent's credential, for raw requests; with its line end.</summary>
    public string AgentHeader { get; private set; } = "";

    public static async Task<LinkedAccounts> PrepareAsync(Uri server)
    {
        var made = new LinkedAccounts(server);
        var registered = await made._http.PostAsync("/api/v1/developers/register", new { name = "Bench", email = "bench-vault@example.com", password = RealServer.Secret }, null);
        made._key = Text(registered, "apiKey");
        var agent = await made._http.PostAsync("/api/v1/agents", new { name = "Bench agent", allowedScopes = Scopes }, made._key);
        var credential = await made._http.PostAsync("/api/v1/credentials", new { agent_id = Text(agent, "id") }, made._key);
        made.AgentHeader = $"Authorization: Bearer {Text(credential, "raw_key")}\r\n";
        return made;
    }

    /// <summary>A connection to the provider, with this token endpoint.</summary>
    public async Task<string> ConnectAsync(Uri provider, string name, string token)
    {
        string At(string path) => new Uri(provider, path).AbsoluteUri;
        await _http.PostAsync(
            "/api/v1/providers",
            new
            {
                id = name,
                name,
                category = "development",
                oauth = new
                {
                    authorize = new { url = At(ProviderServer.Authorize) },
                    token = new { url = At(token) },
                    refresh = new { rotation = "single_use" },
                    identity = new { call = new { url = At(ProviderServer.Identity) }, account_key = new { call = Key } },
                    test = new { call = new { url = At(ProviderServer.Identity) } },
                },
                api = new { base_url = At("/api") },
            },
            _key);
        var connection = await _http.PostAsync(
            "/api/v1/connections",
            new { provider = name, auth_type = "oauth2", credentials = new { client_id = "bench", client_secret = "a-secret-of-the-bench" }, return_check = "none", allow_raw_tokens = true },
            _key);
        return Text(connection, "id");
    }

    public async Task<string[]> LinkAsync(string connection, int count)
    {
        var accounts = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => accounts[i] = await LinkAsync(connection, $"user_{i}"));
        return accounts;
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> LinkAsync(string connection, string identifier)
    {
        var account = Text(await _http.PostAsync("/api/v1/connected-accounts", new { connection_id = connection, identifier }, _key), "id");
        var link = Text(await _http.PostAsync($"/api/v1/connected-accounts/{account}/auth-url", new { }, _key), "url");
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() });
        var page = await browser.GetStringAsync(new Uri(_server, new Uri(link).PathAndQuery));
        var form = HtmlForm.Find(page) ?? throw new InvalidOperationException($"The connect page has no form: {page}");
        using var sent = await browser.PostAsync(new Uri(_server, new Uri(link).PathAndQuery), new FormUrlEncodedContent(form.Fill("", "")));
        var going = await sent.Content.ReadAsStringAsync();
        var way = Way().Match(going);
        if (!way.Success)
        {
            throw new InvalidOperationException($"The connect page leads nowhere: {going}");
        }

        // To the provider, which sends the browser back at once.
        using var done = await browser.GetAsync(new Uri(WebUtility.HtmlDecode(way.Groups[1].Value)));
        return done.IsSuccessStatusCode ? account : throw new InvalidOperationException($"Not linked: {await done.Content.ReadAsStringAsync()}");
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    [GeneratedRegex("id=\"go\" href=\"([^\"]*)\"")]
    private static partial Regex Way();
}
