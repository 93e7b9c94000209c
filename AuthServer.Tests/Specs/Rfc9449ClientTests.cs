using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9449 §5.2 and §8: what clients and operators may ask for, and two nodes that answer as one.</summary>
[Trait("negative", "47")]
public sealed class Rfc9449ClientTests
{
    private static readonly (string, string?)[] Own = [("grant_type", "client_credentials")];

    [Fact]
    public async Task A_client_that_always_binds_gets_no_bearer_token_by_any_grant()
    {
        await using var server = await Flows.StartAsync(
            ("AuthServer:Clients:3:DPoPBoundAccessTokens", "true"), ("AuthServer:Clients:1:DPoPBoundAccessTokens", "true"));
        using var sender = new Prover(server);
        using var browser = new TestBrowser(server);

        using var bearer = await Prover.AskAsync(server, "machine", null, Own);
        await Flows.AssertErrorAsync(bearer, 400, "invalid_dpop_proof");
        Assert.Equal("dpop_proof_missing", Assert.Single(await server.TrailAsync(AuditEventTypes.TokenRefused)).Reason);
        Assert.NotEmpty(await sender.MachineTokenAsync());

        var code = (await Flows.AuthorizeAsync(browser, "app", Redirect("app")))["code"];
        (string, string?)[] redeem =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect("app")), ("code_verifier", Flows.Verifier)];
        using var unproven = await Prover.AskAsync(server, "app", null, redeem);
        await Flows.AssertErrorAsync(unproven, 400, "invalid_dpop_proof");
        using var proven = await sender.TokenAsync("app", redeem);
        Assert.Equal("DPoP", Text(await OkAsync(proven), "token_type"));
    }

    [Fact]
    public async Task A_client_says_so_when_it_registers_and_is_held_to_it()
    {
        await using var server = await Flows.StartAsync();
        var metadata = new JsonObject
        {
            ["redirect_uris"] = new JsonArray("http://127.0.0.1:4000/callback"),
            ["token_endpoint_auth_method"] = "none",
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["dpop_bound_access_tokens"] = true,
        };
        var bound = await RegisterAsync(server, metadata);
        Assert.True(bound["dpop_bound_access_tokens"]!.GetValue<bool>());

        metadata["dpop_bound_access_tokens"] = false;
        var other = await RegisterAsync(server, metadata);
        Assert.False(other.ContainsKey("dpop_bound_access_tokens"));
        Assert.NotEqual(bound["client_id"]!.GetValue<string>(), other["client_id"]!.GetValue<string>());

        (string, string?)[] refresh = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        using var refused = await Flows.TokenAsync(server, bound["client_id"]!.GetValue<string>(), null, refresh);
        await Flows.AssertErrorAsync(refused, 400, "invalid_dpop_proof");
        using var bearer = await Flows.TokenAsync(server, other["client_id"]!.GetValue<string>(), null, refresh);
        await Flows.AssertErrorAsync(bearer, 400, "invalid_grant");

        metadata["dpop_bound_access_tokens"] = "yes";
        using var http = server.CreateClient();
        using var wrong = await http.PostAsync("/connect/register", new StringContent(metadata.ToJsonString(), Encoding.UTF8, "application/json"));
        await Flows.AssertErrorAsync(wrong, 400, "invalid_client_metadata");
    }

    [Fact]
    public async Task Where_nonces_are_required_everywhere_resources_ask_for_them_and_where_never_nobody_does()
    {
        await using var strict = await Flows.StartAsync(("AuthServer:Tokens:DPoP:RequireNonce", "Everywhere"));
        using var sender = new Prover(strict);
        using var browser = new TestBrowser(strict);
        using var redeemed = await sender.RedeemAsync("web", (await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect))["code"]);
        var token = Text(await OkAsync(redeemed), "access_token");
        using var without = await sender.UseAsync(
            HttpMethod.Get, Prover.UserInfo, token, sender.Proof(HttpMethod.Get, Prover.UserInfo, token, claims => claims.Remove("nonce")));
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Contains("error=\"use_dpop_nonce\"", without.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        using var with = await sender.UseAsync(HttpMethod.Get, Prover.UserInfo, token);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);

        await using var lax = await Flows.StartAsync(("AuthServer:Tokens:DPoP:RequireNonce", "Never"));
        using var other = new Prover(lax);
        using var first = await Prover.AskAsync(lax, "machine", other.Proof(HttpMethod.Post, Prover.Token), Own);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var wrong = await Prover.AskAsync(lax, "machine", other.Proof(HttpMethod.Post, Prover.Token, claims: claims => claims["nonce"] = "x"), Own);
        await Flows.AssertErrorAsync(wrong, 400, "use_dpop_nonce");
    }

    [Fact]
    [Trait("negative", "59")]
    public async Task Two_nodes_know_each_others_nonces_and_used_proofs()
    {
        var database = await PostgreSqlCluster.CreateDatabaseAsync();
        (string, string)[] shared =
            [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), ("AuthServer:Database:Provider", "PostgreSql"), ("AuthServer:Database:ConnectionString", database)];
        await using var one = await TestServer.StartAsync(shared);
        await using var two = await TestServer.StartAsync([.. shared, ("AuthServer:Issuer", one.Issuer), ("AuthServer:Keys:Directory", Path.Combine(one.Home, "keys"))]);
        using var sender = new Prover(one);
        await sender.MachineTokenAsync();

        var proof = sender.Proof(HttpMethod.Post, Prover.Token);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Prover.AskAsync(i % 2 == 0 ? one : two, "machine", proof, Own)));
        var won = Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        var token = Text(await OkAsync(won), "access_token");
        Assert.All(answers.Where(answer => answer != won), answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        Array.ForEach(answers, answer => answer.Dispose());
        Assert.Equal(2, (await one.TrailAsync(AuditEventTypes.TokenIssued)).Count);

        // Not one that userinfo can answer, but the proof is looked at before that.
        var use = sender.Proof(HttpMethod.Post, Prover.UserInfo, token);
        Assert.Equal("invalid_token", await ErrorAsync(one, token, use));
        Assert.Equal("invalid_dpop_proof", await ErrorAsync(two, token, use));
    }

    private static async Task<string> ErrorAsync(TestServer node, string token, string proof)
    {
        using var http = node.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Prover.UserInfo);
        request.Headers.TryAddWithoutValidation("Authorization", "DPoP " + token);
        request.Headers.TryAddWithoutValidation("DPoP", proof);
        using var response = await http.SendAsync(request);
        return Text(await TestServer.JsonAsync(response), "error");
    }

    private static async Task<JsonObject> RegisterAsync(TestServer server, JsonObject metadata)
    {
        using var http = server.CreateClient();
        using var response = await http.PostAsync("/connect/register", new StringContent(metadata.ToJsonString(), Encoding.UTF8, "application/json"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!.AsObject();
    }
}
