using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol.Delegation;
using AuthServer.Tests.Jose;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.ChainFiles;

namespace AuthServer.Tests.Delegations;

/// <summary>draft-asor-wimse-agent-delegation-chain: what agents with a key are given, an API verifies with the published keys alone.</summary>
public sealed class OfflineChainTests(ChainSide side) : IClassFixture<ChainSide>
{
    private static readonly SigningKey[] Keys = [.. Enumerable.Range(0, 3).Select(_ => SigningKey.Create(JwsAlgorithm.ES256))];

    [Fact]
    public async Task Three_agents_delegate_twice_and_the_files_of_the_last_one_pass()
    {
        var (alice, bob, carol) = await AgentsAsync();
        var last = await NarrowedAsync(alice, bob, carol);
        var answer = (await carol.ActAsync(last)).Is(HttpStatusCode.OK).Json;
        string[] action = ["--scope", "api.read", "--value", "amount=20", "--holder", Keys[2].PublicKey.Thumbprint];

        var passed = await VerifyAsync(Chain(answer), action);
        Assert.Equal(("ok", 0), (passed.Outcome, passed.Result.ExitCode));
        Assert.Equal(
            [
                $"Token 0: \"{alice.ClientId}\" for \"{alice.Id}\"", $"Token 1: \"{bob.ClientId}\" for \"{alice.Id}\"", $"Token 2: \"{carol.ClientId}\" for \"{alice.Id}\"",
            ],
            passed.Result.Output.Split('\n').Take(3).Select(line => line[..line.IndexOf(" until", StringComparison.Ordinal)]));
        foreach (var (arguments, outcome) in new (string[] Arguments, string Outcome)[]
        {
            (["--scope", "api.read", "--value", "amount=51"], "ceiling_exceeded"),
            (["--scope", "api.write", "--value", "amount=20"], "scope_not_granted"),
            (["--scope", "api.read", "--value", "amount=20", "--holder", Keys[1].PublicKey.Thumbprint], "holder_binding_failed"),
            (["--now", $"{side.Server.Clock.Now.AddMinutes(16).ToUnixTimeSeconds()}"], "expired"),
            (["--audience", "https://other.example"], "audience_mismatch"),
            (["--children-signed-by", "delegator"], "signature_invalid"),
        })
        {
            Assert.Equal(outcome, (await VerifyAsync(Chain(answer), arguments)).Outcome);
        }
    }

    [Fact]
    public async Task An_exchange_gives_the_same_chain()
    {
        var (alice, bob, carol) = await AgentsAsync();
        var first = await alice.DelegatedAsync(bob, ["api.read", "api.write"]);
        await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first });
        var answer = (await carol.ExchangeAsync(await bob.ExchangedAsync(await alice.TokenAsync()))).Is(HttpStatusCode.OK).Json;

        Assert.Equal(("DPoP", ChainSide.AccessToken), (Text(answer, "token_type"), Text(answer, "issued_token_type")));
        Assert.Equal("ok", Verdict(Chain(answer)).Outcome.Name());
        Assert.Equal([alice.ClientId, bob.ClientId, carol.ClientId], Chain(answer).Select(token => Text(ChainSide.Claims(token), "client_id")));
    }

    [Fact]
    public async Task What_a_person_agreed_to_is_passed_on_in_the_persons_name()
    {
        var (alice, bob, carol) = await AgentsAsync();
        var claims = JsonNode.Parse(ChainSide.Claims(await alice.TokenAsync()).GetRawText())!.AsObject();
        (claims["sub"], claims["act"]) = ("usr_01jv0000000000000000000000", new JsonObject { ["sub"] = alice.Id });
        var signing = side.Server.Services.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.ES256);
        var persons = TestTokens.Sign(signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{signing.KeyId}}"}""", claims.ToJsonString());
        var first = Text((await alice.DelegateAsync(bob, ["api.read"], credential: persons)).Is(HttpStatusCode.Created).Json, "id");

        var answer = (await bob.ExchangeAsync(persons)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(ChainOutcome.Ok, Verdict(Chain(answer)).Outcome);
        Assert.Equal(
            [("usr_01jv0000000000000000000000", alice.ClientId), ("usr_01jv0000000000000000000000", bob.ClientId)],
            Chain(answer).Select(token => (Text(ChainSide.Claims(token), "sub"), Text(ChainSide.Claims(token), "client_id"))));
        (await bob.ActAsync(first)).Is(HttpStatusCode.BadRequest);
        (await carol.ExchangeAsync(persons)).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Each_way_to_change_a_chain_has_the_drafts_name()
    {
        var (alice, bob, carol) = await AgentsAsync();
        var chain = Chain((await carol.ActAsync(await NarrowedAsync(alice, bob, carol))).Is(HttpStatusCode.OK).Json);
        var other = Chain((await carol.ActAsync(await NarrowedAsync(alice, bob, carol))).Is(HttpStatusCode.OK).Json);
        string Parts(int hop, int part) => chain[hop].Split('.')[part];
        string Resigned(int hop, Func<string, string> change, SigningKey? key = null) => TestTokens.Sign(
            key ?? Keys[0], Decoded(Parts(hop, 0)), change(Decoded(Parts(hop, 1))));

        foreach (var (tokens, outcome, hop) in new (string[] Tokens, ChainOutcome Outcome, int Hop)[]
        {
            ([chain[0], chain[1], $"{Parts(2, 0)}.{Parts(1, 1)}.{Parts(2, 2)}"], ChainOutcome.SignatureInvalid, 2),
            ([chain[0], chain[1], Resigned(2, payload => payload)], ChainOutcome.SignatureInvalid, 2),
            ([chain[0], Resigned(1, payload => payload.Replace("\"max\":100", "\"max\":900", StringComparison.Ordinal)), chain[2]], ChainOutcome.SignatureInvalid, 1),
            ([chain[0], other[1], chain[2]], ChainOutcome.ParHashMismatch, 1),
            ([chain[0], chain[1], other[2]], ChainOutcome.ParHashMismatch, 2),
            ([chain[0], chain[2]], ChainOutcome.ParHashMismatch, 1),
            ([chain[1], chain[2]], ChainOutcome.Malformed, 0),
            ([chain[2]], ChainOutcome.Malformed, 0),
            ([chain[0], chain[1], Resigned(2, payload => payload.Replace("{", "{ ", StringComparison.Ordinal))], ChainOutcome.NonCanonical, 2),
            ([chain[0], chain[1], Resigned(2, payload => payload.Replace("{\"act\"", "{\"act\":1,\"act\"", StringComparison.Ordinal))], ChainOutcome.DuplicateMember, 2),
            ([chain[0], chain[1], "a.b.c"], ChainOutcome.Malformed, 2),
        })
        {
            var verdict = Verdict(tokens);
            Assert.Equal((outcome, hop), (verdict.Outcome, verdict.Hop));
        }
    }

    [Fact]
    public async Task Each_hop_says_what_the_draft_asks_of_it()
    {
        var (alice, bob, carol) = await AgentsAsync();
        var chain = Chain((await carol.ActAsync(await NarrowedAsync(alice, bob, carol))).Is(HttpStatusCode.OK).Json);

        for (var depth = 0; depth < chain.Length; depth++)
        {
            var (header, claims) = (JsonElement.Parse(Decoded(chain[depth].Split('.')[0])), ChainSide.Claims(chain[depth]));
            Assert.Equal(("at+jwt", "ES256", "JCS"), (Text(header, "typ"), Text(header, "alg"), Text(header, "c14n")));
            Assert.Equal(CanonicalJson.Text(claims), Decoded(chain[depth].Split('.')[1]));
            Assert.Equal((alice.Id, Keys[depth].PublicKey.Thumbprint, depth), (Text(claims, "sub"), Text(claims.GetProperty("cnf"), "jkt"), claims.GetProperty("del_depth").GetInt32()));
            Assert.Equal(depth == 0 ? null : DelegationToken.HashOf(chain[depth - 1]), claims.TryGetProperty("par_hash", out var hash) ? hash.GetString() : null);
            var detail = Assert.Single(claims.GetProperty("authorization_details").EnumerateArray());
            Assert.Equal(["constraints", "scopes", "type"], detail.EnumerateObject().Select(member => member.Name));
        }

        // What is longer is verified anew each time it is asked about.
        Assert.InRange(chain[^1].Length, 1, 2048);

        // Two hops may follow the first delegation: tokens 0 to 3. The second allows none.
        Assert.Equal([4, 4, 3], chain.Select(token => ChainSide.Claims(token).GetProperty("del_max_depth").GetInt32()));
        Assert.Equal(["""[]""", """[{"key":"amount","max":100}]""", """[{"key":"amount","max":50}]"""], chain.Select(token => ChainSide.Claims(token).GetProperty("authorization_details")[0].GetProperty("constraints").GetRawText()));
    }

    [Fact]
    public async Task A_chain_begins_behind_the_last_agent_without_a_key_and_without_one_there_is_none()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.SignerAsync([Keys[1]]), await side.SignerAsync([Keys[2]]));
        var dave = await side.AgentAsync();
        var first = await alice.DelegatedAsync(bob, ["api.read", "api.write"]);
        var second = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first });
        var third = await carol.DelegatedAsync(dave, ["api.read"], new() { ["delegation_id"] = second });
        var chain = Chain((await carol.ActAsync(second)).Is(HttpStatusCode.OK).Json);

        Assert.Equal([bob.ClientId, carol.ClientId], chain.Select(token => Text(ChainSide.Claims(token), "client_id")));
        Assert.Equal((ChainOutcome.Ok, 4), (Verdict(chain).Outcome, ChainSide.Claims(chain[0]).GetProperty("del_max_depth").GetInt32()));
        var keyless = (await dave.ActAsync(third)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("Bearer", false), (Text(keyless, "token_type"), keyless.TryGetProperty("delegation_chain_tokens", out _)));
        Assert.False(ChainSide.Claims(Text(keyless, "access_token")).TryGetProperty("cnf", out _));
    }

    [Theory]
    [InlineData(JwsAlgorithm.RS256)]
    [InlineData(JwsAlgorithm.ES384)]
    public async Task A_key_that_no_chain_is_bound_to_counts_as_none(JwsAlgorithm algorithm)
    {
        using var key = SigningKey.Create(algorithm);
        var (alice, bob) = (await side.AgentAsync(), await side.SignerAsync([key]));

        Assert.Equal("Bearer", Text((await bob.ActAsync(await alice.DelegatedAsync(bob, ["api.read"]))).Is(HttpStatusCode.OK).Json, "token_type"));
    }

    [Fact]
    public async Task A_link_opens_no_door()
    {
        var (alice, bob, carol) = await AgentsAsync();
        var chain = Chain((await carol.ActAsync(await NarrowedAsync(alice, bob, carol))).Is(HttpStatusCode.OK).Json);

        foreach (var (agent, link) in new[] { (alice, chain[0]), (bob, chain[1]) })
        {
            Assert.False(await side.IsActiveAsync(agent, link));
            (await carol.ExchangeAsync(link)).Is(HttpStatusCode.BadRequest);
            (await agent.ExchangeAsync(link)).Is(HttpStatusCode.BadRequest);
            Assert.Equal("subject_token_link", (await side.ReasonsAsync("token.refused"))[^1]);
            using var rest = side.As(link);
            (await rest.GetAsync("/delegations")).Is(HttpStatusCode.Unauthorized);
            var verified = (await side.As(null).PostAsync("/tokens/verify", new { token = link, requiredScopes = new[] { "api.read" } })).Is(HttpStatusCode.OK).Json;
            Assert.Equal((false, "token_invalid"), (verified.GetProperty("allowed").GetBoolean(), Text(verified, "reasonCode")));
        }
    }

    [Fact]
    public async Task Asked_of_the_server_it_is_the_token_that_an_agent_without_a_key_would_have()
    {
        var (alice, bob, carol) = await AgentsAsync();
        var last = await NarrowedAsync(alice, bob, carol);
        var token = Text((await carol.ActAsync(last)).Is(HttpStatusCode.OK).Json, "access_token");
        using var rest = side.As(null);
        var claims = (await rest.PostAsync("/auth/token/introspect", new { client_secret = carol.Key, token })).Is(HttpStatusCode.OK).Json;

        Assert.Equal((true, "DPoP", "api.read", last), (claims.GetProperty("active").GetBoolean(), Text(claims, "token_type"), Text(claims, "scope"), Text(claims, "delegation_id")));
        Assert.Equal((carol.Id, bob.Id), (Text(claims.GetProperty("act"), "sub"), Text(claims.GetProperty("act").GetProperty("act"), "sub")));
        using var api = side.As(side.Organization.Key);
        foreach (var (amount, code) in new[] { (50, "allowed"), (51, "constraint_violated") })
        {
            var verified = (await api.PostAsync("/tokens/verify", new { token, requiredScopes = new[] { "api.read" }, context = new { amount } })).Is(HttpStatusCode.OK).Json;
            Assert.Equal(code, Text(verified, "reasonCode"));
        }

        var jti = Text(claims, "jti");
        var told = await side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Single(row => row.Id == jti)));
        Assert.Equal(("token.issued", alice.Id, carol.Id), (told.Type, told.Subject, told.AgentId));
    }

    [Fact]
    public async Task A_cut_above_ends_it_at_once_for_whoever_asks()
    {
        var (alice, bob, carol) = await AgentsAsync();
        var first = await alice.DelegatedAsync(bob, ["api.read"]);
        var second = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first });
        var (upper, lower) = ((await bob.ActAsync(first)).Is(HttpStatusCode.OK).Json, (await carol.ActAsync(second)).Is(HttpStatusCode.OK).Json);
        using var rest = alice.Rest();
        (await rest.DeleteAsync("/delegations/" + second)).Is(HttpStatusCode.OK);

        Assert.True(await side.IsActiveAsync(bob, Text(upper, "access_token")));
        Assert.False(await side.IsActiveAsync(carol, Text(lower, "access_token")));
        Assert.Equal(HttpStatusCode.BadRequest, (await carol.ActAsync(second)).Status);
        Assert.Equal("delegation_revoked", (await side.ReasonsAsync("token.refused"))[^1]);
    }

    [Fact]
    public async Task An_agent_with_a_key_gets_a_root_of_its_own_by_narrowing_its_token_and_hands_on_by_itself()
    {
        var (alice, _, carol) = await AgentsAsync();
        var root = Text((await alice.ExchangeAsync(await alice.TokenAsync(), ("scope", "api.read api.write"))).Is(HttpStatusCode.OK).Json, "access_token");
        var claims = JsonNode.Parse(ChainSide.Claims(root).GetRawText())!.AsObject();
        Assert.Equal((0, 4, alice.Id), (claims["del_depth"]!.GetValue<int>(), claims["del_max_depth"]!.GetValue<int>(), claims["sub"]!.GetValue<string>()));

        claims["client_id"] = carol.ClientId;
        claims["cnf"]!["jkt"] = Keys[2].PublicKey.Thumbprint;
        claims["del_depth"] = 1;
        claims["par_hash"] = DelegationToken.HashOf(root);
        claims["authorization_details"]![0]!["scopes"] = new JsonArray("api.read");
        var jwk = CanonicalJson.Text(JsonElement.Parse(new JsonWebKeySet([Keys[0].PublicKey]).ToUtf8()).GetProperty("keys")[0]);
        var child = TestTokens.Sign(Keys[0], $$"""{"alg":"ES256","jwk":{{jwk}},"typ":"at+jwt"}""", CanonicalJson.Text(JsonSerializer.SerializeToElement(claims)));

        Assert.Equal("ok", (await VerifyAsync([root, child], "--children-signed-by", "delegator", "--scope", "api.read", "--holder", Keys[2].PublicKey.Thumbprint)).Outcome);
        Assert.Equal("signature_invalid", (await VerifyAsync([root, child])).Outcome);
        Assert.False(await side.IsActiveAsync(carol, child));
        (await carol.ExchangeAsync(child)).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Wildcards_that_a_chain_does_not_know_are_said_by_the_names_passed_on()
    {
        var (alice, bob, carol) = (await side.SignerAsync([Keys[0]], "delegations.write", "email:*", "files.*"), await side.SignerAsync([Keys[1]], "delegations.write"), await side.SignerAsync([Keys[2]]));
        var first = await alice.DelegatedAsync(bob, ["email:*", "files.*"]);
        var second = await bob.DelegatedAsync(carol, ["email:send", "files.read"], new() { ["delegation_id"] = first });
        var chain = Chain((await carol.ActAsync(second)).Is(HttpStatusCode.OK).Json);

        Assert.Equal(ChainOutcome.Ok, Verdict(chain).Outcome);
        Assert.Equal(["files.*", "email:send"], Scopes(chain[0]));
        Assert.Equal(["files.*", "email:send"], Scopes(chain[1]));
        Assert.Equal(["email:send", "files.read"], Scopes(chain[2]));
        Assert.DoesNotContain(Scopes(Chain((await bob.ActAsync(first)).Is(HttpStatusCode.OK).Json)[^1]), scope => scope.Contains('*', StringComparison.Ordinal));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string Decoded(string part) => System.Text.Encoding.UTF8.GetString(CanonicalBase64Url.Decode(part)!);

    private static IEnumerable<string> Scopes(string token) =>
        ChainSide.Claims(token).GetProperty("authorization_details")[0].GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()!);

    private async Task<(KeyedAgent Alice, KeyedAgent Bob, KeyedAgent Carol)> AgentsAsync() =>
        (await side.SignerAsync([Keys[0]]), await side.SignerAsync([Keys[1]]), await side.SignerAsync([Keys[2]]));

    /// <summary>From the first to the second, who hands on less to the third; the last delegation.</summary>
    private static async Task<string> NarrowedAsync(KeyedAgent alice, KeyedAgent bob, KeyedAgent carol)
    {
        JsonObject Bounds(int amount, int hops) => new() { ["constraints"] = JsonNode.Parse($$"""[{"key":"amount","max":{{amount}}}]"""), ["max_chain_depth"] = hops };
        var first = await alice.DelegatedAsync(bob, ["api.read", "api.write"], Bounds(100, 2));
        var more = Bounds(50, 0);
        more["delegation_id"] = first;
        return await bob.DelegatedAsync(carol, ["api.read"], more);
    }

    private ChainVerdict Verdict(string[] tokens)
    {
        using var http = side.Server.CreateClient();
        Assert.True(JsonWebKeySet.TryParse(http.GetStringAsync("/.well-known/jwks").Result, out var keys, out _));
        return ChainVerifier.Verify(tokens, new ChainExpectations { RootKeys = keys, Now = side.Server.Clock.Now, Audience = side.Server.Issuer });
    }

    private Task<(string Outcome, CommandResult Result)> VerifyAsync(string[] tokens, params string[] more) => ChainFiles.VerifyAsync(side.Server, tokens, more);
}
