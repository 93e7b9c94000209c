using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9449 §4, §5 and §8: proofs at the token endpoint.</summary>
[Trait("negative", "47")]
public sealed class Rfc9449TokenEndpointTests(TokenSide side) : IClassFixture<TokenSide>, IDisposable
{
    private static readonly (string, string?)[] Own = [("grant_type", "client_credentials")];

    private readonly Prover _client = new(side.Server);

    private long Now => side.Server.Clock.Now.ToUnixTimeSeconds();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_proof_binds_the_token_to_its_key()
    {
        using var response = await _client.TokenAsync("machine", Own);

        var answer = await OkAsync(response);
        Assert.Equal("DPoP", Text(answer, "token_type"));
        Assert.Equal(_client.Thumbprint, Text(Flows.Claims(Text(answer, "access_token")).GetProperty("cnf"), "jkt"));
        var id = Text(Flows.Claims(Text(answer, "access_token")), "jti");
        var issued = Assert.Single(await side.Server.TrailAsync(AuditEventTypes.TokenIssued), entry => entry.Id == id);
        Assert.Equal(_client.Thumbprint, JsonNode.Parse(issued.Detail!)!["jkt"]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_a_proof_the_token_is_a_bearer_token()
    {
        using var response = await Prover.AskAsync(side.Server, "machine", null, Own);

        var answer = await OkAsync(response);
        Assert.Equal("Bearer", Text(answer, "token_type"));
        Assert.False(Flows.Claims(Text(answer, "access_token")).TryGetProperty("cnf", out _));
        Assert.False(response.Headers.Contains("DPoP-Nonce"));
    }

    [Theory]
    [InlineData(JwsAlgorithm.ES256)]
    [InlineData(JwsAlgorithm.ES384)]
    [InlineData(JwsAlgorithm.RS256)]
    [InlineData(JwsAlgorithm.PS256)]
    public async Task Every_algorithm_that_discovery_shows_is_accepted(JwsAlgorithm algorithm)
    {
        using var client = new Prover(side.Server, algorithm);
        using var http = side.Server.CreateClient();
        using var metadata = await http.GetAsync("/.well-known/oauth-authorization-server");
        Assert.Contains(algorithm.Name(), AgentSide.Texts(await OkAsync(metadata), "dpop_signing_alg_values_supported"));

        Assert.Equal(client.Thumbprint, Text(Flows.Claims(await client.MachineTokenAsync()).GetProperty("cnf"), "jkt"));
    }

    /// <summary>What is wrong with a proof's claims, and what the trail calls it.</summary>
    public static TheoryData<string, string> WrongClaims => new()
    {
        { """{"jti":null}""", "dpop_jti" },
        { """{"jti":""}""", "dpop_jti" },
        { """{"htm":null}""", "dpop_htm" },
        { """{"htm":"GET"}""", "dpop_htm" },
        { """{"htm":"post"}""", "dpop_htm" },
        { """{"htu":null}""", "dpop_htu" },
        { """{"htu":"/connect/token"}""", "dpop_htu" },
        { """{"htu":"https://elsewhere.example/connect/token"}""", "dpop_htu" },
        { """{"htu":"ISSUER/connect/token/"}""", "dpop_htu" },
        { """{"htu":"ISSUER/connect/userinfo"}""", "dpop_htu" },
        { """{"htu":"ISSUER/"}""", "dpop_htu" },
        { """{"iat":null}""", "dpop_iat" },
        { """{"iat":-61}""", "dpop_too_old" },
        { """{"iat":31}""", "dpop_from_the_future" },
        { """{"nbf":31}""", "dpop_from_the_future" },
        { """{"exp":-30}""", "dpop_expired" },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public async Task A_proof_that_is_not_for_this_request_now_is_refused(string wrong, string reason)
    {
        await _client.MachineTokenAsync();
        var proof = _client.Proof(HttpMethod.Post, Prover.Token, claims: claims =>
        {
            var (name, value) = JsonNode.Parse(wrong)!.AsObject().Single();
            claims[name] = value is null ? null
                : value.GetValueKind() == JsonValueKind.Number ? Now + value.GetValue<long>()
                : value.GetValue<string>().Replace("ISSUER", side.Server.Issuer, StringComparison.Ordinal);
            if (value is null)
            {
                claims.Remove(name);
            }
        });

        await RefusedAsync(proof, reason);
    }

    [Theory]
    [InlineData("""{"iat":-59}""")]
    [InlineData("""{"iat":30}""")]
    [InlineData("""{"exp":-29}""")]
    [InlineData("""{"nbf":30}""")]
    public async Task The_window_is_a_minute_and_clocks_may_differ_by_half_of_one(string shifted)
    {
        await _client.MachineTokenAsync();
        var (name, value) = JsonNode.Parse(shifted)!.AsObject().Single();
        using var response = await Prover.AskAsync(
            side.Server, "machine", _client.Proof(HttpMethod.Post, Prover.Token, claims: claims => claims[name] = Now + value!.GetValue<long>()), Own);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("?x=1")]
    [InlineData("#here")]
    [InlineData("?")]
    public async Task Query_and_fragment_of_htu_do_not_count(string suffix)
    {
        await _client.MachineTokenAsync();
        using var response = await Prover.AskAsync(
            side.Server, "machine", _client.Proof(HttpMethod.Post, Prover.Token, claims: claims => claims["htu"] = side.Server.Issuer + Prover.Token + suffix), Own);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_same_address_in_other_words_is_the_same()
    {
        await _client.MachineTokenAsync();
        using var response = await Prover.AskAsync(
            side.Server, "machine",
            _client.Proof(HttpMethod.Post, Prover.Token, claims: claims => claims["htu"] = $"HTTP://LOCALHOST:{side.Server.Address.Port}/x/../connect/%74oken"), Own);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [Trait("negative", "40")]
    [InlineData("typ", "\"JWT\"", "dpop_typ")]
    [InlineData("typ", "\"at+jwt\"", "dpop_typ")]
    [InlineData("typ", null, "dpop_typ")]
    [InlineData("alg", "\"none\"", "dpop_alg")]
    [InlineData("alg", "\"HS256\"", "dpop_alg")]
    [InlineData("alg", "\"ES384\"", "dpop_alg")]
    [InlineData("alg", "\"EdDSA\"", "dpop_alg")]
    [InlineData("jwk", null, "dpop_jwk")]
    [InlineData("jwk", """{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U"}""", "dpop_jwk")]
    [InlineData("jwk", "\"text\"", "dpop_jwk")]
    [InlineData("crit", """["b64"]""", "dpop_malformed")]
    [InlineData("jku", "\"https://elsewhere.example/keys\"", "dpop_jwk")]
    public async Task A_header_that_is_no_proofs_is_refused(string member, string? value, string reason)
    {
        await _client.MachineTokenAsync();
        await RefusedAsync(
            _client.Proof(HttpMethod.Post, Prover.Token, header: header =>
            {
                header.Remove(member);
                if (value is not null)
                {
                    header[member] = JsonNode.Parse(value);
                }
            }),
            reason);
    }

    [Fact]
    public async Task A_private_key_in_the_header_is_refused()
    {
        await _client.MachineTokenAsync();
        await RefusedAsync(_client.Proof(HttpMethod.Post, Prover.Token, header: header => header["jwk"]!["d"] = "8o1pAC1vm2Sm6Lh_u7Zw1p0fWd4T8b2c9kq3vY5nQzE"), "dpop_jwk");
    }

    [Fact]
    public async Task A_key_that_did_not_sign_is_refused()
    {
        using var other = new Prover(side.Server);
        await _client.MachineTokenAsync();
        await RefusedAsync(_client.Proof(HttpMethod.Post, Prover.Token, header: header => header["jwk"] = other.PublicJwk), "dpop_signature");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    public async Task What_is_no_JWT_is_no_proof(string proof) => await RefusedAsync(proof, "dpop_malformed");

    [Fact]
    public async Task Several_proofs_are_refused_in_two_headers_and_in_one()
    {
        await _client.MachineTokenAsync();
        var (one, two) = (_client.Proof(HttpMethod.Post, Prover.Token), _client.Proof(HttpMethod.Post, Prover.Token));
        await RefusedAsync("dpop_several", async () => Assert.Equal("HTTP/1.1 400 Bad Request", await RawAsync(
            side.Server,
            $"POST {Prover.Token} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {Basic("machine", Flows.Secret)}\r\nDPoP: {one}\r\nDPoP: {two}\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\ngrant_type=client_credentials")));

        await RefusedAsync($"{one}, {two}", "dpop_malformed");
    }

    [Fact]
    public async Task Without_a_nonce_the_sender_gets_one_and_nothing_is_held_against_them()
    {
        var refusals = (await side.Server.TrailAsync(AuditEventTypes.TokenRefused)).Count;

        using var response = await Prover.AskAsync(side.Server, "machine", _client.Proof(HttpMethod.Post, Prover.Token), Own);

        await Flows.AssertErrorAsync(response, 400, "use_dpop_nonce");
        Assert.Single(response.Headers.GetValues("DPoP-Nonce"));
        Assert.Equal(refusals, (await side.Server.TrailAsync(AuditEventTypes.TokenRefused)).Count);
    }

    [Theory]
    [InlineData("\"x\"")]
    [InlineData("\"\"")]
    [InlineData("5")]
    public async Task A_nonce_that_is_not_this_servers_is_refused_with_one_that_is(string nonce)
    {
        using var response = await Prover.AskAsync(
            side.Server, "machine", _client.Proof(HttpMethod.Post, Prover.Token, claims: claims => claims["nonce"] = JsonNode.Parse(nonce)), Own);
        await Flows.AssertErrorAsync(response, 400, "use_dpop_nonce");
        _client.Nonce = Assert.Single(response.Headers.GetValues("DPoP-Nonce"));
        await _client.MachineTokenAsync();
    }

    [Fact]
    public async Task A_nonce_serves_many_proofs_and_the_newest_one_comes_with_good_answers_too()
    {
        await _client.MachineTokenAsync();
        var nonce = _client.Nonce;
        using var again = await Prover.AskAsync(side.Server, "machine", _client.Proof(HttpMethod.Post, Prover.Token), Own);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.False(again.Headers.Contains("DPoP-Nonce"));

        side.Server.Clock.Advance(TimeSpan.FromSeconds(150));
        using var later = await Prover.AskAsync(side.Server, "machine", _client.Proof(HttpMethod.Post, Prover.Token), Own);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.NotEqual(nonce, Assert.Single(later.Headers.GetValues("DPoP-Nonce")));

        side.Server.Clock.Advance(TimeSpan.FromSeconds(150));
        using var late = await Prover.AskAsync(side.Server, "machine", _client.Proof(HttpMethod.Post, Prover.Token), Own);
        await Flows.AssertErrorAsync(late, 400, "use_dpop_nonce");
    }

    [Fact]
    public async Task A_proof_works_once_and_not_again_after_a_restart()
    {
        await _client.MachineTokenAsync();
        var proof = _client.Proof(HttpMethod.Post, Prover.Token);
        using var first = await Prover.AskAsync(side.Server, "machine", proof, Own);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        await RefusedAsync(proof, "dpop_proof_replayed");
        await side.Server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. Clients]);
        await RefusedAsync(proof, "dpop_proof_replayed");
    }

    [Fact]
    public async Task Of_16_uses_at_once_one_wins_and_one_token_is_in_the_trail()
    {
        await _client.MachineTokenAsync();
        var proof = _client.Proof(HttpMethod.Post, Prover.Token);
        var before = (await side.Server.TrailAsync(AuditEventTypes.TokenIssued)).Count;

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Prover.AskAsync(side.Server, "machine", proof, Own)));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.Equal(15, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        Assert.Equal(before + 1, (await side.Server.TrailAsync(AuditEventTypes.TokenIssued)).Count);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task A_request_that_fails_does_not_use_up_its_proof()
    {
        await _client.MachineTokenAsync();
        var proof = _client.Proof(HttpMethod.Post, Prover.Token);
        using var failed = await Prover.AskAsync(side.Server, "machine", proof, ("grant_type", "client_credentials"), ("scope", "unknown"));
        await Flows.AssertErrorAsync(failed, 400, "invalid_scope");

        using var good = await Prover.AskAsync(side.Server, "machine", proof, Own);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task One_id_serves_two_keys()
    {
        using var other = new Prover(side.Server);
        await _client.MachineTokenAsync();
        other.Nonce = _client.Nonce;
        var id = Guid.NewGuid().ToString();
        foreach (var sender in new[] { _client, other })
        {
            using var response = await Prover.AskAsync(side.Server, "machine", sender.Proof(HttpMethod.Post, Prover.Token, claims: claims => claims["jti"] = id), Own);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_proof_does_not_stand_in_for_the_clients_own()
    {
        await _client.MachineTokenAsync();
        using var response = await side.SendAsync(
            HttpMethod.Post, Prover.Token, Form(("grant_type", "client_credentials"), ("client_id", "machine")), ("DPoP", _client.Proof(HttpMethod.Post, Prover.Token)));
        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    private Task RefusedAsync(string proof, string reason) => RefusedAsync(reason, async () =>
    {
        using var response = await Prover.AskAsync(side.Server, "machine", proof, Own);
        await Flows.AssertErrorAsync(response, 400, "invalid_dpop_proof");
        Assert.DoesNotContain(reason, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    });

    /// <summary>What is done leaves one refusal in the trail, which gives this reason.</summary>
    private async Task RefusedAsync(string reason, Func<Task> refused)
    {
        var before = (await side.Server.TrailAsync(AuditEventTypes.TokenRefused)).Select(row => row.Id).ToHashSet();
        await refused();
        Assert.Equal(reason, Assert.Single(await side.Server.TrailAsync(AuditEventTypes.TokenRefused), row => !before.Contains(row.Id)).Reason);
    }
}
