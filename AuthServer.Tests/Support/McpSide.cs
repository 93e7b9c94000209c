using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Support;

/// <summary>A server with one API that clients which introduce themselves may ask for, and the web server where such clients publish what they are.</summary>
public sealed class McpSide : IAsyncLifetime
{
    public const string Mcp = "https://mcp.example/tools";
    public const string Callback = "https://client.example/oauth/callback";

    public TestServer Server { get; private set; } = null!;

    public DocumentHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await DocumentHost.StartAsync();
        Server = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Host.DisposeAsync();
    }

    public Task<TestServer> StartAsync(params (string Key, string Value)[] more) => Flows.StartAsync(
    [
        ("AuthServer:Resources:2:Url", Mcp), ("AuthServer:Resources:2:DisplayName", "The tools"), ("AuthServer:Resources:2:SelfRegisteredClients", "true"),
        ("AuthServer:Resources:2:Scopes:0", "tools.list"), ("AuthServer:Resources:2:Scopes:1", "tools.call"),
        ("AuthServer:Outbound:AllowedPrivateHosts:0", Host.Name), .. more,
    ]);

    /// <summary>A document that is good, with changes; its client id.</summary>
    public string Publish(string path, Action<JsonObject>? change = null, string? cacheControl = null)
    {
        var id = Host.At(path).AbsoluteUri;
        var document = new JsonObject
        {
            ["client_id"] = id,
            ["client_name"] = "The published client",
            ["redirect_uris"] = new JsonArray(Callback),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["response_types"] = new JsonArray("code"),
            ["token_endpoint_auth_method"] = "none",
        };
        change?.Invoke(document);
        Host.Serve(path, document.ToJsonString(), cacheControl);
        return id;
    }

    public async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> SendAsync(
        HttpMethod method, string path, JsonNode? body = null, string? token = null, TestServer? server = null)
    {
        using var http = (server ?? Server).CreateClient();
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text), response);
    }

    public Task<(int Status, JsonElement Body, HttpResponseMessage Response)> RegisterAsync(JsonNode metadata, string? token = null, TestServer? server = null) =>
        SendAsync(HttpMethod.Post, "/connect/register", metadata, token, server);

    /// <summary>Sign-in, consent and code, to the tokens of a public client.</summary>
    public async Task<JsonElement> TokensAsync(TestBrowser browser, string clientId, string redirectUri, params (string Name, string? Value)[] replaced)
    {
        (string Name, string? Value)[] usual = [("scope", "tools.call offline_access"), ("resource", Mcp)];
        var answer = await Flows.AuthorizeAsync(browser, clientId, redirectUri, [.. usual.Where(field => replaced.All(other => other.Name != field.Name)), .. replaced]);
        Assert.True(answer.ContainsKey("code"), string.Join(' ', answer));
        using var response = await RedeemAsync(clientId, redirectUri, answer["code"]);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }

    public Task<HttpResponseMessage> RedeemAsync(string clientId, string redirectUri, string code) => Flows.TokenAsync(
        Server, clientId, null, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", Flows.Verifier), ("resource", Mcp));

    public Task<HttpResponseMessage> RefreshAsync(string clientId, JsonElement tokens) => Flows.TokenAsync(
        Server, clientId, null, ("grant_type", "refresh_token"), ("refresh_token", tokens.GetProperty("refresh_token").GetString()));

    /// <summary>The authorization endpoint knows no such client.</summary>
    public async Task RefusedAsync(string clientId)
    {
        using var browser = new TestBrowser(Server);
        await browser.GoAsync(Flows.AuthorizeUrl(clientId, McpSide.Callback));
        Assert.Null(browser.Left);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("not known to this server", browser.Text, StringComparison.Ordinal);
    }

    /// <summary>At the consent page.</summary>
    public async Task<TestBrowser> ConsentAsync(string clientId, string redirectUri)
    {
        var browser = new TestBrowser(Server);
        await browser.GoAsync(Flows.AuthorizeUrl(clientId, redirectUri, ("scope", "openid")));
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        return browser;
    }

    /// <summary>What is stored of a client.</summary>
    public Task<int> RowsAsync(string clientId) => Server.QueryAsync(context => context.Applications.CountAsync(row => row.ClientId == clientId));
}
