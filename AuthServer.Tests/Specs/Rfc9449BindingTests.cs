using System.Net;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9449 §5 and §10: what codes and refresh tokens are bound to.</summary>
[Trait("negative", "47")]
public sealed class Rfc9449BindingTests(TokenSide side) : IClassFixture<TokenSide>, IDisposable
{
    private readonly Prover _client = new(side.Server);
    private readonly Prover _other = new(side.Server);

    public void Dispose()
    {
        _client.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_public_clients_refresh_token_is_bound_to_its_key()
    {
        var tokens = await _client.CodeFlowAsync(side, "app");

        await RefusedAsync(await _other.RefreshAsync("app", Text(tokens, "refresh_token")));
        await RefusedAsync(await side.RefreshAsync("app", Text(tokens, "refresh_token")));

        using var good = await _client.RefreshAsync("app", Text(tokens, "refresh_token"));
        var next = await OkAsync(good);
        Assert.Equal(_client.Thumbprint, KeyOf(next));
        await RefusedAsync(await _other.RefreshAsync("app", Text(next, "refresh_token")));
    }

    [Fact]
    public async Task Whoever_has_a_used_refresh_token_but_not_its_key_cannot_end_the_family()
    {
        var tokens = await _client.CodeFlowAsync(side, "app");
        using var used = await _client.RefreshAsync("app", Text(tokens, "refresh_token"));
        var next = await OkAsync(used);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(31));

        await RefusedAsync(await _other.RefreshAsync("app", Text(tokens, "refresh_token")));

        using var alive = await _client.RefreshAsync("app", Text(next, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task A_lost_answer_is_given_again_to_the_same_key_alone()
    {
        var tokens = await _client.CodeFlowAsync(side, "app");
        using var lost = await _client.RefreshAsync("app", Text(tokens, "refresh_token"));
        await RefusedAsync(await _other.RefreshAsync("app", Text(tokens, "refresh_token")));

        using var again = await _client.RefreshAsync("app", Text(tokens, "refresh_token"));

        Assert.Equal(Text(await OkAsync(lost), "refresh_token"), Text(await OkAsync(again), "refresh_token"));
    }

    [Fact]
    public async Task A_public_client_that_begins_to_prove_its_key_is_bound_from_then_on()
    {
        var bearer = await side.TokensAsync("app");
        using var first = await _client.RefreshAsync("app", Text(bearer, "refresh_token"));
        var bound = await OkAsync(first);
        Assert.Equal(_client.Thumbprint, KeyOf(bound));

        await RefusedAsync(await side.RefreshAsync("app", Text(bound, "refresh_token")));
        await RefusedAsync(await _other.RefreshAsync("app", Text(bound, "refresh_token")));
    }

    [Fact]
    public async Task Another_key_does_not_share_the_grace_of_an_answer_that_bound_its_successor()
    {
        var bearer = await side.TokensAsync("app");
        using var first = await _client.RefreshAsync("app", Text(bearer, "refresh_token"));
        var bound = await OkAsync(first);

        await RefusedAsync(await _other.RefreshAsync("app", Text(bearer, "refresh_token")));

        // It was not bound, so whoever sent it twice is a thief or was robbed.
        await RefusedAsync(await _client.RefreshAsync("app", Text(bound, "refresh_token")));
    }

    [Fact]
    public async Task A_confidential_client_may_change_its_key_but_never_goes_back_to_bearer_tokens()
    {
        var tokens = await _client.CodeFlowAsync(side, "web");
        using var changed = await _other.RefreshAsync("web", Text(tokens, "refresh_token"));
        var next = await OkAsync(changed);
        Assert.Equal(_other.Thumbprint, KeyOf(next));

        await RefusedAsync(await side.RefreshAsync("web", Text(next, "refresh_token")));
        using var alive = await _client.RefreshAsync("web", Text(next, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Theory]
    [InlineData("app")]
    [InlineData("web")]
    public async Task A_code_is_worth_nothing_without_the_key_that_the_request_named(string clientId)
    {
        var code = await side.CodeAsync(clientId, ("dpop_jkt", _client.Thumbprint));

        await RefusedAsync(await _other.RedeemAsync(clientId, code));
        await RefusedAsync(await side.RedeemAsync(clientId, code));

        using var good = await _client.RedeemAsync(clientId, code);
        Assert.Equal(_client.Thumbprint, KeyOf(await OkAsync(good)));
    }

    [Fact]
    public async Task Why_a_code_or_token_of_another_key_is_refused_is_in_the_trail()
    {
        var code = await side.CodeAsync("web", ("dpop_jkt", _client.Thumbprint));
        await RefusedAsync(await _other.RedeemAsync("web", code));
        await RefusedAsync(await side.RedeemAsync("web", code));

        var reasons = (await side.Server.TrailAsync(AuditEventTypes.TokenRefused)).Select(row => row.Reason).ToList();
        Assert.Contains("dpop_key_of_another", reasons);
        Assert.Contains("dpop_proof_missing", reasons);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I=")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I0ZcOC")]
    [InlineData("0ZcOCORZNYy+DWpqq30jZyJGHTN0d2HglBV3uiguA4I")]
    public async Task A_dpop_jkt_that_is_no_thumbprint_is_refused(string key) =>
        Assert.Equal("invalid_request", (await Flows.AuthorizeAsync(side.Browser, "web", Flows.WebRedirect, ("dpop_jkt", key)))["error"]);

    [Fact]
    public async Task A_proof_that_was_used_redeems_no_code_and_leaves_it_good()
    {
        await _client.MachineTokenAsync();
        var proof = _client.Proof(HttpMethod.Post, Prover.Token);
        using var used = await Prover.AskAsync(side.Server, "machine", proof, ("grant_type", "client_credentials"));
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        var code = await side.CodeAsync("app");

        using var replayed = await Prover.AskAsync(
            side.Server, "app", proof, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect("app")), ("code_verifier", Flows.Verifier));

        await Flows.AssertErrorAsync(replayed, 400, "invalid_dpop_proof");
        using var good = await _client.RedeemAsync("app", code);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task A_proof_that_was_used_rotates_no_refresh_token()
    {
        var tokens = await _client.CodeFlowAsync(side, "app");
        var proof = _client.Proof(HttpMethod.Post, Prover.Token);
        using var used = await Prover.AskAsync(side.Server, "machine", proof, ("grant_type", "client_credentials"));
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);

        using var replayed = await Prover.AskAsync(side.Server, "app", proof, ("grant_type", "refresh_token"), ("refresh_token", Text(tokens, "refresh_token")));

        await Flows.AssertErrorAsync(replayed, 400, "invalid_dpop_proof");
        using var good = await _client.RefreshAsync("app", Text(tokens, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task Introspection_shows_the_key()
    {
        var tokens = await _client.CodeFlowAsync(side, "web");

        var seen = await side.IntrospectAsync(Text(tokens, "access_token"));

        Assert.Equal(("DPoP", _client.Thumbprint), (Text(seen, "token_type"), Text(seen.GetProperty("cnf"), "jkt")));
        Assert.Equal("Bearer", Text(await side.IntrospectAsync(Text(await side.TokensAsync(), "access_token")), "token_type"));
    }

    private static string KeyOf(System.Text.Json.JsonElement tokens) => Text(Flows.Claims(Text(tokens, "access_token")).GetProperty("cnf"), "jkt");

    private static async Task RefusedAsync(HttpResponseMessage response)
    {
        using (response)
        {
            await Flows.AssertErrorAsync(response, 400, "invalid_grant");
        }
    }
}
