using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Protocol.Delegation;

/// <summary>Delegator-bound chains: an agent hands on by itself, with the key that its own token confirms, and asks no server.</summary>
public sealed class DelegatorBoundTests
{
    private static readonly SigningKey[] Agents = [.. Enumerable.Range(0, 3).Select(_ => SigningKey.Create(JwsAlgorithm.ES256))];

    private readonly TestChain _chain = Chain(Agents);

    [Theory]
    [InlineData(ChildSigner.Issuer, ChainOutcome.SignatureInvalid)]
    [InlineData(ChildSigner.Either, ChainOutcome.Ok)]
    [InlineData(ChildSigner.Delegator, ChainOutcome.Ok)]
    public void What_the_delegators_signed_passes_where_the_verifier_says_so(ChildSigner signer, ChainOutcome expected) =>
        Assert.Equal(expected, Verify(signer).Outcome);

    [Theory]
    [InlineData(ChildSigner.Issuer, ChainOutcome.SignatureInvalid)]
    [InlineData(ChildSigner.Either, ChainOutcome.Ok)]
    [InlineData(ChildSigner.Delegator, ChainOutcome.SignatureInvalid)]
    public void A_hop_of_the_servers_between_is_what_only_some_verifiers_take(ChildSigner signer, ChainOutcome expected)
    {
        _chain.Keys[1] = TestChain.Key;

        Assert.Equal(expected, Verify(signer).Outcome);
    }

    [Theory]
    [InlineData(0, 1)] // a key that no server published
    [InlineData(1, 2)] // the next agent for the one that hands on
    [InlineData(2, 2)] // whoever is given the hop
    [InlineData(2, 0)] // an agent further up: only the parent's holder hands on
    public void Nobody_else_signs_a_hop(int hop, int key)
    {
        _chain.Keys[hop] = Agents[key];

        foreach (var signer in new[] { ChildSigner.Either, ChildSigner.Delegator })
        {
            Assert.Equal((ChainOutcome.SignatureInvalid, hop), (Verify(signer).Outcome, Verify(signer).Hop));
        }
    }

    [Fact]
    public void A_key_that_is_shown_but_did_not_sign_proves_nothing()
    {
        var tokens = _chain.Tokens();
        var parts = tokens[2].Split('.');
        tokens[2] = $"{parts[0]}.{parts[1]}.{tokens[1].Split('.')[2]}";

        Assert.Equal(ChainOutcome.SignatureInvalid, ChainVerifier.Verify(tokens, _chain.Expected with { ChildSigner = ChildSigner.Either }).Outcome);
    }

    [Fact]
    public void An_algorithm_that_does_not_count_for_the_server_does_not_count_for_an_agent()
    {
        using var rsa = SigningKey.Create(JwsAlgorithm.RS256);
        var chain = Chain([Agents[0], rsa, Agents[2]]);

        Assert.Equal((ChainOutcome.SignatureInvalid, 2), (Verify(ChildSigner.Either, chain).Outcome, Verify(ChildSigner.Either, chain).Hop));
    }

    [Fact]
    public void An_agent_hands_on_no_more_than_it_has()
    {
        foreach (var (change, expected) in new (Action<JsonObject> Change, ChainOutcome Expected)[]
        {
            (hop => hop["aud"] = new JsonArray(TestChain.Audience, "https://other.example"), ChainOutcome.NotNarrower),
            (hop => hop["authorization_details"]![0]!["scopes"] = new JsonArray("crm.*", "billing.read"), ChainOutcome.NotNarrower),
            (hop => hop["authorization_details"]![0]!["constraints"] = new JsonArray(), ChainOutcome.NotNarrower),
            (hop => hop["del_max_depth"] = 9, ChainOutcome.NotNarrower),
            (hop => hop["exp"] = TestChain.Now.ToUnixTimeSeconds() + 3600, ChainOutcome.Expired),
            (hop => hop["sub"] = "usr_2", ChainOutcome.PrincipalAltered),
            (hop => hop["del_depth"] = 1, ChainOutcome.DepthInvalid),
        })
        {
            var chain = Chain(Agents);
            change(chain.Claims[2]);
            Assert.Equal((expected, 2), (Verify(ChildSigner.Either, chain).Outcome, Verify(ChildSigner.Either, chain).Hop));
        }
    }

    [Fact]
    public void Nobody_hands_on_from_a_link_which_is_for_nobody()
    {
        _chain.Claims[0]["aud"] = IssuedChain.LinkAudience;

        Assert.Equal((ChainOutcome.NotNarrower, 1), (Verify(ChildSigner.Either).Outcome, Verify(ChildSigner.Either).Hop));
    }

    [Fact]
    public async Task The_command_takes_them_where_it_is_told_to()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["jwks.json"], new JsonWebKeySet([TestChain.Key.PublicKey]).ToUtf8());
        foreach (var (i, token) in _chain.Tokens().Index())
        {
            await File.WriteAllTextAsync(folder[$"{i}.jwt"], token);
        }

        foreach (var (arguments, expected) in new (string[] Arguments, int Expected)[]
        {
            ([], 1), (["--children-signed-by", "issuer"], 1), (["--children-signed-by", "either"], 0), (["--children-signed-by", "delegator"], 0),
            (["--children-signed-by", "anybody"], 2), (["--children-signed-by", "1"], 2),
        })
        {
            var result = await ServerProcess.RunAloneAsync(
                folder, ["chain", "verify", "--jwks", "jwks.json", "--now", $"{TestChain.Now.ToUnixTimeSeconds()}", .. arguments, "0.jwt", "1.jwt", "2.jwt"]);
            Assert.True(result.ExitCode == expected, $"{string.Join(' ', arguments)}: {result.ExitCode}\n{result.Output}\n{result.Errors}");
        }
    }

    private ChainVerdict Verify(ChildSigner signer, TestChain? chain = null)
    {
        chain ??= _chain;
        return ChainVerifier.Verify(chain.Tokens(), chain.Expected with { ChildSigner = signer });
    }

    /// <summary>A root of the server's, and hops that each agent signed with its key, which the token brings along.</summary>
    private static TestChain Chain(SigningKey[] agents)
    {
        var chain = new TestChain();
        for (var hop = 0; hop < agents.Length; hop++)
        {
            chain.Claims[hop]["cnf"]!["jkt"] = agents[hop].PublicKey.Thumbprint;
            chain.Keys[hop] = hop == 0 ? TestChain.Key : agents[hop - 1];
        }

        chain.Header = header => Array.Find(agents, key => header.Contains(key.KeyId, StringComparison.Ordinal)) is { } agent
            ? $$"""{"alg":"{{agent.Algorithm.Name()}}","jwk":{{CanonicalJson.Text(JwkOf(agent))}},"typ":"at+jwt"}"""
            : header;
        chain.Expected = chain.Expected with { Holder = agents[^1].PublicKey.Thumbprint };
        return chain;
    }

    private static System.Text.Json.JsonElement JwkOf(SigningKey key) =>
        System.Text.Json.JsonElement.Parse(new JsonWebKeySet([key.PublicKey]).ToUtf8()).GetProperty("keys")[0];
}
