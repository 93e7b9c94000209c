using System.Net;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9449 §7: a bound token at userinfo is good with a fresh proof of its key for this request and token, and with nothing else.</summary>
[Trait("negative", "47")]
public sealed class Rfc9449ResourceTests(TokenSide side) : IClassFixture<TokenSide>, IDisposable
{
    private readonly Prover _client = new(side.Server);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_bound_token_works_with_a_proof_of_its_key()
    {
        var token = await TokenAsync();

        using var get = await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token);
        using var query = await _client.UseAsync(HttpMethod.Get, Prover.UserInfo + "?x=1", token);
        using var post = await _client.UseAsync(HttpMethod.Post, Prover.UserInfo, token);

        foreach (var response in new[] { get, query, post })
        {
            Assert.Equal(Flows.Email, Text(await OkAsync(response), "email"));
        }
    }

    [Fact]
    public async Task Resources_need_no_nonce_but_hold_the_sender_to_the_one_that_they_send()
    {
        var token = await TokenAsync();
        _client.Nonce = null;
        using var without = await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token);
        Assert.Equal(HttpStatusCode.OK, without.StatusCode);
        Assert.NotNull(_client.Nonce);

        await RefusedAsync(
            await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token, _client.Proof(HttpMethod.Get, Prover.UserInfo, token, claims => claims["nonce"] = "x")), "use_dpop_nonce");
        using var retried = await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token);
        Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
    }

    [Fact]
    public async Task A_bound_token_is_no_bearer_token_by_header_or_by_form()
    {
        var token = await TokenAsync();

        using var header = await side.UserInfoAsync(token);
        using var form = await side.SendAsync(HttpMethod.Post, Prover.UserInfo, Form(("access_token", token)));
        using var proven = await side.SendAsync(
            HttpMethod.Get, Prover.UserInfo, null, ("Authorization", "Bearer " + token), ("DPoP", _client.Proof(HttpMethod.Get, Prover.UserInfo, token)));
        using var formWithProof = await side.SendAsync(
            HttpMethod.Post, Prover.UserInfo, Form(("access_token", token)), ("DPoP", _client.Proof(HttpMethod.Post, Prover.UserInfo, token)));

        foreach (var response in new[] { header, form, proven, formWithProof })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("invalid_token", Text(await TestServer.JsonAsync(response), "error"));
            Assert.Matches("^Bearer .*error=\"invalid_token\".*, ?DPoP .*algs=\"ES256 ES384 RS256 PS256\"$", response.Headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task A_bearer_token_is_no_bound_token()
    {
        var token = Text(await side.TokensAsync(), "access_token");
        await RefusedAsync(await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token), "invalid_token");
    }

    [Fact]
    public async Task The_DPoP_scheme_without_a_proof_is_refused()
    {
        using var response = await side.SendAsync(HttpMethod.Get, Prover.UserInfo, null, ("Authorization", "DPoP " + await TokenAsync()));
        await RefusedAsync(response, "invalid_dpop_proof");
    }

    [Fact]
    public async Task Several_proofs_are_refused()
    {
        var token = await TokenAsync();
        string Line() => $"DPoP: {_client.Proof(HttpMethod.Get, Prover.UserInfo, token)}\r\n";
        Task<string?> AskAsync(string proofs) => RawAsync(
            side.Server, $"GET {Prover.UserInfo} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: DPoP {token}\r\n{proofs}\r\n");

        Assert.Equal("HTTP/1.1 200 OK", await AskAsync(Line()));
        Assert.Equal("HTTP/1.1 401 Unauthorized", await AskAsync(Line() + Line()));
    }

    [Theory]
    [InlineData("htm", "POST")]
    [InlineData("htu", "https://elsewhere.example/connect/userinfo")]
    [InlineData("ath", "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")]
    [InlineData("ath", null)]
    public async Task A_proof_of_another_request_or_token_is_refused(string claim, string? value)
    {
        var token = await TokenAsync();
        var proof = _client.Proof(HttpMethod.Get, Prover.UserInfo, token, claims =>
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value;
            }
        });
        await RefusedAsync(await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token, proof), "invalid_dpop_proof");
    }

    [Fact]
    public async Task A_proof_with_another_tokens_hash_is_refused()
    {
        var (token, other) = (await TokenAsync(), await TokenAsync());
        await RefusedAsync(
            await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token, _client.Proof(HttpMethod.Get, Prover.UserInfo, other)), "invalid_dpop_proof");
    }

    [Fact]
    public async Task A_proof_of_another_key_is_refused()
    {
        using var thief = new Prover(side.Server);
        var token = await TokenAsync();
        await RefusedAsync(await thief.UseAsync(HttpMethod.Get, Prover.UserInfo, token), "invalid_token");
    }

    [Fact]
    public async Task A_proof_for_the_token_endpoint_is_none_for_userinfo()
    {
        var token = await TokenAsync();
        await RefusedAsync(await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token, _client.Proof(HttpMethod.Post, Prover.Token, token)), "invalid_dpop_proof");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_proof_is_used_once(string method)
    {
        var token = await TokenAsync();
        var proof = _client.Proof(new HttpMethod(method), Prover.UserInfo, token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _client.UseAsync(new HttpMethod(method), Prover.UserInfo, token, proof)));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Array.ForEach(answers, answer => answer.Dispose());
        side.Server.Clock.Advance(TimeSpan.FromSeconds(59));
        await RefusedAsync(await _client.UseAsync(new HttpMethod(method), Prover.UserInfo, token, proof), "invalid_dpop_proof");
    }

    [Fact]
    public async Task A_proof_is_refused_that_is_too_old()
    {
        var token = await TokenAsync();
        var proof = _client.Proof(HttpMethod.Get, Prover.UserInfo, token);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(62));
        await RefusedAsync(await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token, proof), "invalid_dpop_proof");
    }

    [Fact]
    public async Task A_token_that_ended_is_not_alive_for_its_key_either()
    {
        var tokens = await _client.CodeFlowAsync(side, "web");
        using var revoked = await Flows.PostAsync(side.Server, "/connect/revoke", "web", Flows.Secret, ("token", Text(tokens, "access_token")));
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        await RefusedAsync(await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, Text(tokens, "access_token")), "invalid_token");
    }

    [Fact]
    public async Task A_host_header_does_not_make_another_address_ours()
    {
        var token = await TokenAsync();
        var proof = _client.Proof(HttpMethod.Get, Prover.UserInfo, token, claims => claims["htu"] = "http://evil.example/connect/userinfo");
        foreach (var target in new[] { Prover.UserInfo, "http://evil.example" + Prover.UserInfo })
        {
            Assert.Equal("HTTP/1.1 401 Unauthorized", await RawAsync(
                side.Server, $"GET {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nAuthorization: DPoP {token}\r\nDPoP: {proof}\r\n\r\n"));
        }
    }

    private async Task<string> TokenAsync() => Text(await _client.CodeFlowAsync(side, "web"), "access_token");

    private static async Task RefusedAsync(HttpResponseMessage response, string error)
    {
        Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, await response.Content.ReadAsStringAsync());
        Assert.Equal(error, Text(await TestServer.JsonAsync(response), "error"));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        var challenge = Assert.Single(response.Headers.WwwAuthenticate);
        Assert.Equal("DPoP", challenge.Scheme);
        Assert.Contains($"error=\"{error}\"", challenge.Parameter, StringComparison.Ordinal);
        Assert.Contains("algs=\"ES256 ES384 RS256 PS256\"", challenge.Parameter, StringComparison.Ordinal);
        response.Dispose();
    }
}
