using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using AuthServer.Tests.Jose;
using static AuthServer.Protocol.Delegation.ChainOutcome;

namespace AuthServer.Tests.Protocol.Delegation;

/// <summary>Hops hang together, and each gives at most what the one above it gives.</summary>
public sealed class ChainNarrowingTests
{
    private readonly TestChain _chain = new();

    [Fact]
    public void Each_token_is_signed_by_a_root_key()
    {
        using var stranger = SigningKey.Create(JwsAlgorithm.ES256);
        for (var hop = 0; hop < 3; hop++)
        {
            var chain = new TestChain { Keys = { [hop] = stranger } };
            Assert.Equal((SignatureInvalid, hop), (chain.Verify().Outcome, chain.Verify().Hop));
            chain.Expected = chain.Expected with { RootKeys = new JsonWebKeySet([TestChain.Key.PublicKey, stranger.PublicKey]) };
            Assert.True(chain.Verify().IsOk);
        }
    }

    [Fact]
    public void An_algorithm_that_is_not_on_the_list_is_refused_however_well_it_verifies()
    {
        using var rsa = SigningKey.Create(JwsAlgorithm.PS256);
        var chain = new TestChain { Keys = { [2] = rsa } };
        chain.Expected = chain.Expected with { RootKeys = new JsonWebKeySet([TestChain.Key.PublicKey, rsa.PublicKey]) };
        var tokens = chain.Tokens();
        tokens[2] = TestTokens.Sign(rsa, $$"""{"alg":"PS256","kid":"{{rsa.KeyId}}","typ":"at+jwt"}""", CanonicalJson.Text(TestChain.Payload(tokens[2])));

        Assert.Equal(SignatureInvalid, ChainVerifier.Verify(tokens, chain.Expected).Outcome);
        Assert.Equal(Ok, ChainVerifier.Verify(tokens, chain.Expected with { Algorithms = [JwsAlgorithm.ES256, JwsAlgorithm.PS256] }).Outcome);

        // A key that says no algorithm takes two: with one of them on the list it is not fixed to it.
        var jwk = JsonNode.Parse(new JsonWebKeySet([rsa.PublicKey]).ToUtf8())!["keys"]![0]!.AsObject();
        jwk.Remove("alg");
        var any = new JsonWebKeySet([TestChain.Key.PublicKey, TestTokens.Key(jwk.ToJsonString())]);
        Assert.Equal(SignatureInvalid, ChainVerifier.Verify(tokens, chain.Expected with { RootKeys = any, Algorithms = [JwsAlgorithm.ES256, JwsAlgorithm.PS256] }).Outcome);
    }

    [Fact]
    public void A_child_is_bound_to_the_octets_of_one_parent()
    {
        var reissued = new TestChain();
        reissued.Claims[1]["jti"] = "tok_again";
        var (tokens, others) = (_chain.Tokens(), reissued.Tokens());

        Assert.Equal((ParHashMismatch, 2), _chain.Refusal([tokens[0], others[1], tokens[2]]));
        Assert.Equal((ParHashMismatch, 1), _chain.Refusal([tokens[0], tokens[2]]));
        Assert.True(ChainVerifier.Verify([others[0], others[1], others[2]], _chain.Expected).IsOk);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(0, 1)]
    public void Hops_are_numbered_from_the_root(int hop, int depth)
    {
        _chain.Claims[hop]["del_depth"] = depth;

        _chain.Refused(DepthInvalid, hop);
    }

    [Theory]
    [InlineData(0, 3, true)]
    [InlineData(0, 2, false)]
    [InlineData(1, 3, true)]
    [InlineData(1, 2, false)]
    public void No_chain_is_longer_than_its_root_or_a_later_hop_allows(int hop, int maxDepth, bool expected)
    {
        _chain.Claims[hop]["del_max_depth"] = maxDepth;

        var verdict = _chain.Verify();

        Assert.Equal(expected ? (Ok, null) : (DepthInvalid, (int?)2), (verdict.Outcome, verdict.Hop));
    }

    [Theory]
    [InlineData("usr_2")]
    [InlineData("USR_1")]
    [InlineData("")]
    public void The_principal_is_the_roots_at_every_hop(string sub)
    {
        _chain.Claims[2]["sub"] = sub;

        _chain.Refused(PrincipalAltered, 2);
    }

    [Fact]
    public void Scopes_constraints_and_depth_only_narrow()
    {
        foreach (var widen in new Action<TestChain>[]
        {
            chain => chain.SetScopes(1, "crm.*", "email:send", "files.read"),
            chain => chain.SetScopes(0, "crm.read"),
            chain => chain.SetConstraints(1, """[{"key":"amount","max":101}]"""),
            chain => chain.SetConstraints(1, "[]"),
            chain => chain.Detail(1).Remove("constraints"),
            chain => chain.SetConstraints(1, """[{"key":"amount","max_lifetime":1}]"""),
            chain => chain.Claims[1]["del_max_depth"] = 9,
        })
        {
            var chain = new TestChain();
            widen(chain);
            Assert.Equal((NotNarrower, 1), (chain.Verify().Outcome, chain.Verify().Hop));
        }
    }

    [Fact]
    public void A_depth_that_was_lowered_is_not_raised_again_further_down()
    {
        _chain.Claims[1]["del_max_depth"] = 4;
        _chain.Claims[2]["del_max_depth"] = 5;

        _chain.Refused(NotNarrower, 2);
    }

    [Theory]
    [InlineData(0, "exp", 0, true)]
    [InlineData(2, "exp", 0, true)]
    [InlineData(2, "exp", -1, false)]
    [InlineData(1, "nbf", 0, true)]
    [InlineData(1, "nbf", 1, false)]
    public void Each_token_counts_from_its_first_second_to_its_last(int hop, string claim, int seconds, bool expected)
    {
        for (var i = hop; i < 3; i++)
        {
            _chain.Claims[i][claim] = TestChain.Now.ToUnixTimeSeconds() + seconds;
        }

        Assert.Equal(expected ? Ok : Expired, _chain.Verify().Outcome);
        _chain.Expected = _chain.Expected with { Skew = TimeSpan.FromSeconds(1) };
        Assert.Equal(Ok, _chain.Verify().Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.25)]
    public void No_token_outlives_its_parent_not_even_by_a_part_of_a_second(double longer)
    {
        _chain.Claims[2]["exp"] = TestChain.Now.ToUnixTimeSeconds() + 599 + longer;
        _chain.Expected = _chain.Expected with { Skew = TimeSpan.FromMinutes(1) };

        _chain.Refused(Expired, 2);
    }

    [Fact]
    public void Times_at_the_ends_of_the_calendar_are_no_trouble()
    {
        foreach (var now in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue })
        {
            _chain.Expected = _chain.Expected with { Now = now, Skew = TimeSpan.FromDays(1) };
            Assert.Equal(now == DateTimeOffset.MinValue ? Ok : Expired, _chain.Verify().Outcome);
        }
    }
}
