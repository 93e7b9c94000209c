using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuthServer.Tests.Support;

/// <summary>One server with an organization, an agent of it, and the standard installation's people: what an agent asks, and what people answer.</summary>
public sealed class AgentSide : IAsyncLifetime
{
    public const string Redirect = OrganizationSide.Redirect;

    public TestServer Server { get; private set; } = null!;

    public OrganizationSide Organization { get; private set; } = null!;

    /// <summary>The agent SmartMail, which may read, send and manage mail, merge pull requests and see profiles.</summary>
    public JsonElement Agent { get; private set; }

    public string AgentId => Text(Agent, "id");

    public string ClientId => Text(Agent, "clientId");

    public string ClientSecret => Text(Agent, "clientSecret");

    public async Task InitializeAsync()
    {
        Server = await Flows.StartAsync(BrowserSide.Settings);
        Organization = await OrganizationSide.CreateAsync(Server);
        Agent = await Organization.RegisterAsync(OrganizationSide.Agent(
            ("name", "SmartMail"), ("allowedScopes", new JsonArray("email:read", "email:send", "email:manage", "github:pr:merge", "profile:read"))));
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>A person who has granted nothing yet, signed in; and their id.</summary>
    public async Task<(TestBrowser Browser, string UserId)> PersonAsync()
    {
        var browser = new TestBrowser(Server);
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com", ["Name"] = "New Comer", ["Password"] = Flows.Password });
        return (browser, await BrowserSide.SubjectAsync(browser));
    }

    /// <summary>The seed's request for consent; members may be replaced, and left out with null.</summary>
    public JsonObject Request(string? userId, params (string Name, JsonNode? Value)[] replaced)
    {
        var request = new JsonObject
        {
            ["clientId"] = ClientId,
            ["requestedScopes"] = new JsonArray("email:read", "email:send"),
            ["redirectUri"] = Redirect,
        };
        if (userId is not null)
        {
            request["userId"] = userId;
        }

        foreach (var (name, value) in replaced)
        {
            request.Remove(name);
            if (value is not null)
            {
                request[name] = value;
            }
        }

        return request;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, JsonNode? body, params (string Name, string Value)[] headers)
    {
        using var http = Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }

    /// <summary>The answer's JSON, which must have this status.</summary>
    public async Task<JsonElement> AskAsync(string path, JsonNode? body, HttpStatusCode status = HttpStatusCode.OK, params (string Name, string Value)[] headers)
    {
        using var response = await PostAsync(path, body, headers);
        return await ReadAsync(response, status);
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    public Task<JsonElement> FileAsync(string? userId, params (string Name, JsonNode? Value)[] replaced) =>
        AskAsync("/api/v1/consent/initiate", Request(userId, replaced), HttpStatusCode.Created);

    /// <summary>Opens the link of a filed request and allows everything; what the agent is told.</summary>
    public static async Task<Dictionary<string, string>> AllowAsync(TestBrowser browser, JsonElement filed)
    {
        await browser.GoAsync(Text(filed, "consentUrl"));
        if (browser.Left is null)
        {
            BrowserSide.AssertAt(browser, "/consent");
            await browser.SubmitAsync(button: "Allow");
        }

        return BrowserSide.Answer(browser);
    }

    public Task<JsonElement> ExchangeAsync(string code, HttpStatusCode status = HttpStatusCode.OK, params (string Name, JsonNode? Value)[] more) =>
        TokensAsync("exchange", "code", code, status, more);

    public Task<JsonElement> RefreshAsync(string token, HttpStatusCode status = HttpStatusCode.OK, params (string Name, JsonNode? Value)[] more) =>
        TokensAsync("refresh", "refreshToken", token, status, more);

    private Task<JsonElement> TokensAsync(string door, string name, string presented, HttpStatusCode status, (string Name, JsonNode? Value)[] more)
    {
        var body = new JsonObject { [name] = presented, ["clientId"] = ClientId, ["clientSecret"] = ClientSecret };
        foreach (var (member, value) in more)
        {
            body[member] = value?.DeepClone();
        }

        return AskAsync("/api/v1/tokens/" + door, body, status);
    }

    /// <summary>Tokens for a new person's consent, and the person.</summary>
    public async Task<(JsonElement Tokens, TestBrowser Browser, string UserId)> ConsentedAsync(params (string Name, JsonNode? Value)[] replaced)
    {
        var (browser, userId) = await PersonAsync();
        var answer = await AllowAsync(browser, await FileAsync(userId, replaced));
        return (await ExchangeAsync(answer["code"]), browser, userId);
    }

    /// <param name="headers">A credential; none: whoever holds the token.</param>
    public Task<JsonElement> VerifyAsync(string token, string[] scopes, JsonObject? more = null, params (string Name, string Value)[] headers)
    {
        var body = more ?? [];
        body["token"] = token;
        body["requiredScopes"] = new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]);
        return AskAsync("/api/v1/tokens/verify", body, HttpStatusCode.OK, headers);
    }

    /// <summary>The credential of the agent's own organization.</summary>
    public (string Name, string Value) DeveloperKey => ("X-Api-Key", Organization.Key);

    public static (string Name, string Value) Basic(string clientId, string secret) =>
        ("Authorization", new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{secret}"))).ToString());

    public static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}
