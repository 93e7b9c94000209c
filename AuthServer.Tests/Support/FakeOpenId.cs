using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Tests.Support;

/// <summary>An OpenID provider on loopback that signs everybody in at once, as whom a test says, and lies as a test says.</summary>
public sealed class FakeOpenId : IAsyncDisposable
{
    public const string ClientId = "authserver-here";
    public const string Secret = "a secret that only these two know: & =";

    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _codes = new();
    private readonly string _path;

    private FakeOpenId(DocumentHost host, string path) => (Host, _path) = (host, path);

    public DocumentHost Host { get; }

    /// <summary>As <c>AllowedPrivateHosts</c> names it.</summary>
    public string Name => Host.Name;

    public string Issuer => $"http://{Name}{_path}";

    public SigningKey Key { get; private set; } = SigningKey.Create(JwsAlgorithm.RS256);

    /// <summary>The server's clock, once there is one.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Who signs in, and all else that the ID token says: over what it would say.</summary>
    public JsonObject Claims { get; set; } = [];

    /// <summary>Claims that the ID token leaves out.</summary>
    public string[] Without { get; set; } = [];

    /// <summary>From the claims to the ID token; null: signed by <see cref="Key"/>. Null as its answer: there is none.</summary>
    public Func<JsonObject, string?>? Write { get; set; }

    /// <summary>What the discovery document says over the usual.</summary>
    public JsonObject Discovery { get; set; } = [];

    /// <summary>Of the last answer at the authorization endpoint, over the usual; null leaves one out.</summary>
    public Dictionary<string, string?> Answer { get; set; } = [];

    /// <summary>Of the token answer, over the usual.</summary>
    public JsonObject TokenAnswer { get; set; } = [];

    /// <summary>The parameters of the last authorization request.</summary>
    public Dictionary<string, string> Asked { get; private set; } = [];

    /// <summary>How many codes were redeemed.</summary>
    public int Redeemed { get; private set; }

    /// <param name="path">Below which it lives.</param>
    public static async Task<FakeOpenId> StartAsync(string path = "")
    {
        var provider = new FakeOpenId(await DocumentHost.StartAsync(), path);
        provider.Serve();
        return provider;
    }

    public void Reset()
    {
        (Claims, Without, Write, Discovery, Answer, TokenAnswer) = ([], [], null, [], [], []);
        Serve();
    }

    public void RotateKey() => Key = SigningKey.Create(JwsAlgorithm.RS256);

    /// <summary>Signs in there, and answers where the browser is sent back to.</summary>
    public async Task<Uri> VisitAsync(Uri authorize)
    {
        Assert.StartsWith(Issuer + "/authorize?", authorize.AbsoluteUri, StringComparison.Ordinal);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(authorize);
        return answer.Headers.Location ?? throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public string Sign(JsonObject claims, SigningKey? key = null) => Jws.Sign(key ?? Key, "JWT", Encoding.UTF8.GetBytes(claims.ToJsonString()));

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private void Serve()
    {
        Host.Serve(_path + "/.well-known/openid-configuration", http => WriteAsync(http, Merge(
            new JsonObject
            {
                ["issuer"] = Issuer,
                ["authorization_endpoint"] = Issuer + "/authorize",
                ["token_endpoint"] = Issuer + "/token",
                ["jwks_uri"] = Issuer + "/jwks",
                ["authorization_response_iss_parameter_supported"] = true,
            },
            Discovery)));
        Host.Serve(_path + "/jwks", http => http.Response.Body.WriteAsync(new JsonWebKeySet([Key.PublicKey]).ToUtf8()).AsTask());
        Host.Serve(_path + "/authorize", AuthorizeAsync);
        Host.Serve(_path + "/token", TokenAsync);
    }

    private Task AuthorizeAsync(HttpContext http)
    {
        Asked = http.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        var code = Handle.New();
        _codes[code] = Asked;
        var answer = new Dictionary<string, string?> { ["code"] = code, ["state"] = Asked["state"], ["iss"] = Issuer };
        foreach (var (name, value) in Answer)
        {
            answer[name] = value;
        }

        var query = string.Join('&', answer.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}"));
        http.Response.Redirect($"{Asked["redirect_uri"]}?{query}");
        return Task.CompletedTask;
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        if (!_codes.TryRemove(form["code"].ToString(), out var asked)
            || http.Request.Headers.Authorization != TokenCalls.Basic(ClientId, Secret)
            || form["redirect_uri"] != asked["redirect_uri"]
            || AuthorizeAddress.ChallengeOf(form["code_verifier"].ToString()) != asked["code_challenge"])
        {
            http.Response.StatusCode = (int)HttpStatusCode.BadRequest;
            await WriteAsync(http, new JsonObject { ["error"] = "invalid_grant" });
            return;
        }

        Redeemed++;
        var access = Handle.New();
        var now = Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = Merge(
            new JsonObject
            {
                ["iss"] = Issuer,
                ["aud"] = ClientId,
                ["sub"] = "somebody",
                ["iat"] = now,
                ["exp"] = now + 300,
                ["nonce"] = asked["nonce"],
                ["at_hash"] = JwsAlgorithm.RS256.HalfHash(access),
            },
            Claims);
        foreach (var name in Without)
        {
            claims.Remove(name);
        }

        var answer = new JsonObject { ["access_token"] = access, ["token_type"] = "Bearer", ["expires_in"] = 300, ["refresh_token"] = Handle.New() };
        if ((Write is null ? Sign(claims) : Write(claims)) is { } idToken)
        {
            answer["id_token"] = idToken;
        }

        await WriteAsync(http, Merge(answer, TokenAnswer));
    }

    private static JsonObject Merge(JsonObject usual, JsonObject over)
    {
        foreach (var (name, value) in over)
        {
            usual[name] = value?.DeepClone();
        }

        return usual;
    }

    private static Task WriteAsync(HttpContext http, JsonObject body)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString());
    }
}
