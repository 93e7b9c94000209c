using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Jose;

namespace AuthServer.Tests.Support;

/// <summary>One server for a class of tests of the token side, with clients of every kind, and a browser in which the person is signed in.</summary>
public sealed class TokenSide : IAsyncLifetime
{
    public const string OtherSecret = "the-secret-of-the-other-client-0123456789";
    public const string OtherRedirect = "https://other-client.example/callback";
    public const string SpaRedirect = "https://spa.example/callback";
    public const string WebScopes = "openid profile email offline_access";

    /// <summary>The key of the client <c>signer</c>.</summary>
    public static SigningKey Key { get; } = SigningKey.Create(JwsAlgorithm.ES256);

    /// <summary>More keys of the client <c>signer</c>, one for each other algorithm.</summary>
    public static IReadOnlyList<SigningKey> MoreKeys { get; } =
        [SigningKey.Create(JwsAlgorithm.RS256), SigningKey.Create(JwsAlgorithm.PS256), SigningKey.Create(JwsAlgorithm.ES384)];

    /// <summary>The key of the client <c>colleague</c>.</summary>
    public static SigningKey OtherKey { get; } = SigningKey.Create(JwsAlgorithm.ES256);

    public static (string Key, string Value)[] Clients { get; } =
    [
        .. Flows.Client(4, "other", ("ClientSecret", OtherSecret), ("RedirectUris:0", OtherRedirect)),
        .. Flows.Client(5, "old", ("ClientSecret", Flows.Secret), ("RedirectUris:0", "https://old.example/callback"), ("RequirePkce", "false")),
        .. Flows.Client(6, "signer", ("Jwks", Jwks([Key, .. MoreKeys])), ("RedirectUris:0", "https://signer.example/callback"), ("GrantTypes:2", "client_credentials")),
        .. Flows.Client(7, "colleague", ("Jwks", Jwks([OtherKey])), ("RedirectUris:0", "https://colleague.example/callback"), ("GrantTypes:2", "client_credentials"),
            ("TokenEndpointAuthMethod", "private_key_jwt")),
        .. Machine(8, "poster", ("TokenEndpointAuthMethod", "client_secret_post")),
        .. Machine(9, "basic", ("TokenEndpointAuthMethod", "client_secret_basic")),
        .. Flows.Client(10, "brief", ("ClientSecret", Flows.Secret), ("RedirectUris:0", "https://brief.example/callback"), ("AccessTokenLifetime", "00:05:00"),
            ("RefreshIdle", "00:10:00"), ("RefreshAbsolute", "00:25:00"), ("RefreshGrace", "00:00:20")),
    ];

    public TestServer Server { get; private set; } = null!;

    public TestBrowser Browser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await Flows.StartAsync(Clients);
        Browser = new TestBrowser(Server);
    }

    public async Task DisposeAsync()
    {
        Browser.Dispose();
        await Server.DisposeAsync();
    }

    public static IEnumerable<(string Key, string Value)> Machine(int index, string id, params (string Key, string Value)[] more)
    {
        (string, string)[] common =
            [("ClientId", id), ("ClientSecret", Flows.Secret), ("GrantTypes:0", "client_credentials"), ("Scopes:0", "things.read"), ("Resources:0", Flows.Api)];
        return common.Concat(more).Select(pair => ($"AuthServer:Clients:{index}:{pair.Item1}", pair.Item2));
    }

    public static string Redirect(string clientId) => clientId switch
    {
        "web" => Flows.WebRedirect,
        "other" => OtherRedirect,
        "app" => "http://127.0.0.1/callback",
        _ => $"https://{clientId}.example/callback",
    };

    /// <summary>Null: it has none.</summary>
    public static string? Secret(string clientId) => clientId switch
    {
        "app" or "spa" or "signer" or "colleague" => null,
        "other" => OtherSecret,
        _ => Flows.Secret,
    };

    /// <summary>A new code for this client.</summary>
    public async Task<string> CodeAsync(string clientId = "web", params (string Name, string? Value)[] replaced) =>
        (await Flows.AuthorizeAsync(Browser, clientId, Redirect(clientId), replaced))["code"];

    /// <summary>The client's token request for a code, as it should be; values may be replaced, and left out with null.</summary>
    public Task<HttpResponseMessage> RedeemAsync(string clientId, string code, params (string Name, string? Value)[] replaced)
    {
        (string Name, string? Value)[] fields =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect(clientId)), ("code_verifier", Flows.Verifier)];
        return Flows.TokenAsync(Server, clientId, Secret(clientId), [.. fields.Where(field => replaced.All(other => other.Name != field.Name)), .. replaced]);
    }

    /// <summary>The token answer of a whole code flow.</summary>
    public async Task<JsonElement> TokensAsync(string clientId = "web", params (string Name, string? Value)[] replaced)
    {
        using var response = await RedeemAsync(clientId, await CodeAsync(clientId, replaced));
        return await OkAsync(response);
    }

    public Task<HttpResponseMessage> RefreshAsync(string clientId, string token, params (string Name, string? Value)[] more) =>
        Flows.TokenAsync(Server, clientId, Secret(clientId), [("grant_type", "refresh_token"), ("refresh_token", token), .. more]);

    /// <summary>What the API, or another client with a secret, is told about a token.</summary>
    public async Task<JsonElement> IntrospectAsync(string token, string clientId = "web")
    {
        using var response = await Flows.PostAsync(Server, "/connect/introspect", clientId, clientId == "api" ? Flows.Secret : Secret(clientId), ("token", token));
        return await OkAsync(response);
    }

    public async Task<bool> IsActiveAsync(string token, string clientId = "web") => (await IntrospectAsync(token, clientId)).GetProperty("active").GetBoolean();

    public async Task<HttpResponseMessage> UserInfoAsync(string token)
    {
        using var http = Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return await http.SendAsync(request);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var http = Server.CreateClient();
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }

    /// <summary>A client credentials request of <c>signer</c> with this assertion.</summary>
    public Task<HttpResponseMessage> AssertAsync(string assertion, params (string Name, string Value)[] more) => SendAsync(
        HttpMethod.Post,
        "/connect/token",
        Form([("grant_type", "client_credentials"), ("scope", "things.read"), ("client_assertion_type", AssertionType), ("client_assertion", assertion), .. more]));

    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>A good assertion of <c>signer</c>, changed.</summary>
    public string Assertion(Action<JsonObject>? change = null, SigningKey? key = null, string? header = null) => Assertion(Server, change, key, header);

    public static string Assertion(TestServer server, Action<JsonObject>? change = null, SigningKey? key = null, string? header = null)
    {
        var now = server.Clock.Now.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = "signer",
            ["sub"] = "signer",
            ["aud"] = server.Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now,
            ["exp"] = now + 60,
        };
        change?.Invoke(claims);
        key ??= Key;
        return TestTokens.Sign(key, header ?? $$"""{"alg":"{{key.Algorithm.Name()}}","typ":"JWT","kid":"{{key.KeyId}}"}""", claims.ToJsonString());
    }

    public static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    /// <summary>A body that may be no form at all.</summary>
    public static ByteArrayContent Body(byte[] body, string? contentType = "application/x-www-form-urlencoded")
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }

    public static string Basic(string clientId, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}"));

    /// <summary>Sends these octets on a connection of their own; the answer's status line.</summary>
    public static async Task<string?> RawAsync(TestServer server, string request)
    {
        using var connection = await ConnectAsync(server);
        await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(connection.GetStream(), Encoding.Latin1);
        return await reader.ReadLineAsync();
    }

    public static async Task<TcpClient> ConnectAsync(TestServer server)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(server.Address.Host, server.Address.Port);
        return connection;
    }

    public static async Task<JsonElement> OkAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await TestServer.JsonAsync(response);
    }

    public static string Text(JsonElement answer, string name) => answer.GetProperty(name).GetString()!;

    /// <summary>Their public halves, as RFC 7517 writes them.</summary>
    public static string Jwks(SigningKey[] keys) => Encoding.UTF8.GetString(new JsonWebKeySet(keys.Select(key => key.PublicKey)).ToUtf8());
}
