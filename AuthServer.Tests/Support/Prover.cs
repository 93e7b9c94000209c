using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Jose;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Support;

/// <summary>A client with a key, and the DPoP proofs that it makes with it.</summary>
public sealed class Prover(TestServer server, JwsAlgorithm algorithm = JwsAlgorithm.ES256) : IDisposable
{
    public const string Token = "/connect/token";
    public const string UserInfo = "/connect/userinfo";

    public SigningKey Key { get; } = SigningKey.Create(algorithm);

    public string Thumbprint => Key.PublicKey.Thumbprint;

    /// <summary>What the server gave last; null: nothing yet.</summary>
    public string? Nonce { get; set; }

    public JsonObject PublicJwk => JsonNode.Parse(JsonDocument.Parse(Jwks([Key])).RootElement.GetProperty("keys")[0].GetRawText())!.AsObject();

    public void Dispose() => Key.Dispose();

    /// <summary>A good proof for this request, changed.</summary>
    /// <param name="token">The access token that goes with it.</param>
    public string Proof(HttpMethod method, string path, string? token = null, Action<JsonObject>? claims = null, Action<JsonObject>? header = null)
    {
        var said = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString(),
            ["htm"] = method.Method,
            ["htu"] = server.Issuer + path,
            ["iat"] = server.Clock.Now.ToUnixTimeSeconds(),
        };
        if (Nonce is not null)
        {
            said["nonce"] = Nonce;
        }

        if (token is not null)
        {
            said["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        }

        var head = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = Key.Algorithm.Name(), ["jwk"] = PublicJwk };
        claims?.Invoke(said);
        header?.Invoke(head);
        return TestTokens.Sign(Key, head.ToJsonString(), said.ToJsonString());
    }

    /// <summary>A token request with this proof, as it is.</summary>
    public static async Task<HttpResponseMessage> AskAsync(TestServer server, string clientId, string? proof, params (string Name, string? Value)[] form)
    {
        using var http = server.CreateClient();
        var fields = form.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value!));
        using var request = new HttpRequestMessage(HttpMethod.Post, Token)
        {
            Content = new FormUrlEncodedContent(Secret(clientId) is null ? fields.Append(new("client_id", clientId)) : fields),
        };
        if (Secret(clientId) is { } secret)
        {
            request.Headers.TryAddWithoutValidation("Authorization", Basic(clientId, secret));
        }

        if (proof is not null)
        {
            request.Headers.TryAddWithoutValidation("DPoP", proof);
        }

        return await http.SendAsync(request);
    }

    /// <summary>A token request as an honest client sends it: with a fresh proof, and again where the server gives a nonce.</summary>
    public async Task<HttpResponseMessage> TokenAsync(string clientId, params (string Name, string? Value)[] form)
    {
        var response = await AskAsync(server, clientId, Proof(HttpMethod.Post, Token), form);
        if (Renew(response) && (int)response.StatusCode == 400 && Text(await TestServer.JsonAsync(response), "error") == "use_dpop_nonce")
        {
            response.Dispose();
            response = await AskAsync(server, clientId, Proof(HttpMethod.Post, Token), form);
        }

        return response;
    }

    /// <summary>A token of the client <c>machine</c>, bound to this key.</summary>
    public async Task<string> MachineTokenAsync()
    {
        using var response = await TokenAsync("machine", ("grant_type", "client_credentials"));
        return Text(await OkAsync(response), "access_token");
    }

    /// <summary>The answer of a whole code flow of this client, bound to this key.</summary>
    public async Task<JsonElement> CodeFlowAsync(TokenSide side, string clientId, params (string Name, string? Value)[] replaced)
    {
        using var response = await RedeemAsync(clientId, await side.CodeAsync(clientId, replaced));
        return await OkAsync(response);
    }

    public Task<HttpResponseMessage> RedeemAsync(string clientId, string code) => TokenAsync(
        clientId, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect(clientId)), ("code_verifier", Flows.Verifier));

    public Task<HttpResponseMessage> RefreshAsync(string clientId, string token) =>
        TokenAsync(clientId, ("grant_type", "refresh_token"), ("refresh_token", token));

    /// <summary>A request to a resource with this token under the DPoP scheme.</summary>
    /// <param name="proof">Null: a good one.</param>
    public async Task<HttpResponseMessage> UseAsync(HttpMethod method, string path, string token, string? proof = null, HttpContent? content = null)
    {
        using var http = server.CreateClient();
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", "DPoP " + token);
        request.Headers.TryAddWithoutValidation("DPoP", proof ?? Proof(method, path.Split('?')[0], token));
        var response = await http.SendAsync(request);
        Renew(response);
        return response;
    }

    private bool Renew(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("DPoP-Nonce", out var given))
        {
            return false;
        }

        Nonce = Assert.Single(given);
        return true;
    }
}
