using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using static AuthServer.Protocol.Delegation.ChainOutcome;

namespace AuthServer.Tests.Protocol.Delegation;

/// <summary>What passes, and what is asked of a chain beside itself.</summary>
public sealed class ChainVerifierTests
{
    private readonly TestChain _chain = new();

    [Fact]
    public void A_chain_that_narrows_passes_and_shows_its_hops()
    {
        var verdict = _chain.Verify();

        Assert.Equal((Ok, (int?)null, null), (verdict.Outcome, verdict.Hop, verdict.Detail));
        Assert.Equal(["agc_0", "agc_1", "agc_2"], verdict.Hops.Select(hop => hop.Agent));
        Assert.All(verdict.Hops, hop => Assert.Equal((TestChain.Principal, TestChain.Thumbprint), (hop.Principal, hop.KeyThumbprint)));
        Assert.Empty(verdict.NotChecked);
    }

    [Fact]
    public void A_root_alone_is_a_chain() => Assert.True(new TestChain(1).Verify().IsOk);

    [Fact]
    public void A_chain_without_a_request_passes_and_says_what_was_not_asked()
    {
        _chain.Expected = new ChainExpectations { RootKeys = _chain.Expected.RootKeys, Now = TestChain.Now };

        Assert.Equal(["who presents it", "revocation", "audience", "any action"], _chain.Verify().NotChecked);
    }

    [Fact]
    public void A_token_written_here_reads_back_and_verifies()
    {
        Assert.True(Constraints.TryRead(JsonElement.Parse("""[{"max":5,"key":"amount"},{"one_of":["EUR"],"key":"currency"}]"""), out var constraints, out _));
        var root = new DelegationToken
        {
            Issuer = "https://as.example",
            Id = "tok_1",
            Principal = "usr_é",
            Agent = "agc_1",
            Audience = [TestChain.Audience, "https://other.example"],
            IssuedAt = TestChain.Now,
            NotBefore = TestChain.Now,
            ExpiresAt = TestChain.Now.AddMinutes(5),
            KeyThumbprint = TestChain.Thumbprint,
            Authority = new Authority(["crm.*"], constraints),
            Depth = 0,
            MaxDepth = 2,
            Others = new Dictionary<string, JsonElement> { ["fam"] = JsonSerializer.SerializeToElement("fam_1") },
        };
        var token = root.Sign(TestChain.Key);
        var child = root with
        {
            Id = "tok_2",
            Agent = "agc_2",
            Audience = [TestChain.Audience],
            Authority = new Authority(["crm.read"], constraints),
            Depth = 1,
            MaxDepth = null,
            ParentHash = DelegationToken.HashOf(token),
        };
        var stated = new Dictionary<string, JsonElement> { ["amount"] = JsonElement.Parse("5"), ["currency"] = JsonElement.Parse("\"EUR\"") };

        var verdict = ChainVerifier.Verify([token, child.Sign(TestChain.Key)], _chain.Expected with { Action = new ActionValues { Stated = stated } });

        Assert.Equal(Ok, verdict.Outcome);
        var (read, leaf) = (verdict.Hops[0], verdict.Hops[1]);
        Assert.Equal((root.Issuer, root.Id, root.Principal, root.Agent), (read.Issuer, read.Id, read.Principal, read.Agent));
        Assert.Equal((root.IssuedAt, root.NotBefore, root.ExpiresAt, root.MaxDepth), (read.IssuedAt, read.NotBefore, read.ExpiresAt, read.MaxDepth));
        Assert.Equal(root.Audience, read.Audience);
        Assert.Equal("""[{"key":"amount","max":5},{"key":"currency","one_of":["EUR"]}]""", read.Authority.Constraints.ToString());
        Assert.Equal("fam_1", read.Others["fam"].GetString());
        Assert.Equal((1, null, child.ParentHash), (leaf.Depth, leaf.MaxDepth, leaf.ParentHash));
        Assert.Throws<InvalidOperationException>(() => (root with { Authority = new Authority(["email:*"], Constraints.None) }).Sign(TestChain.Key));
        Assert.Throws<InvalidOperationException>(() => (root with { Others = new Dictionary<string, JsonElement> { ["sub"] = JsonElement.Parse("\"usr_2\"") } }).Sign(TestChain.Key));
    }

    [Fact]
    public void Whoever_presents_it_holds_the_key_of_the_last_token()
    {
        _chain.Claims[2]["cnf"] = new JsonObject { ["jkt"] = "another" };

        _chain.Refused(HolderBindingFailed, 2);
    }

    [Fact]
    public void A_revoked_hop_ends_the_chain_and_so_does_one_of_whom_nobody_knows()
    {
        _chain.Expected = _chain.Expected with { Status = hop => hop.Depth == 1 ? HopStatus.Revoked : HopStatus.Live };
        _chain.Refused(Revoked, 1);
        _chain.Expected = _chain.Expected with { Status = hop => hop.Depth == 0 ? HopStatus.Unknown : HopStatus.Live };
        _chain.Refused(StatusUnknown, 0);
        _chain.Expected = _chain.Expected with { Status = _ => default };
        _chain.Refused(StatusUnknown, 0);
    }

    [Fact]
    public void A_token_that_says_where_its_status_is_kept_passes_only_when_somebody_looks_there_or_status_does_not_count()
    {
        _chain.Claims[2]["status"] = JsonNode.Parse("""{"status_list":{"idx":7,"uri":"https://as.example/status/1"}}""");
        Assert.True(_chain.Verify().IsOk);
        _chain.Expected = _chain.Expected with { Status = null };
        _chain.Refused(StatusUnknown, 2);
        _chain.Expected = _chain.Expected with { WithoutStatus = true };
        Assert.Equal(["revocation"], _chain.Verify().NotChecked);
    }

    [Theory]
    [InlineData("\"https://api.example\"", true)]
    [InlineData("[\"https://other.example\",\"https://api.example\"]", true)]
    [InlineData("\"https://api.example/\"", false)]
    [InlineData("[\"https://api\"]", false)]
    [Trait("negative", "41")]
    public void The_last_token_names_the_verifier(string aud, bool expected)
    {
        _chain.Claims[2]["aud"] = JsonNode.Parse(aud);
        _chain.Claims[0]["aud"] = "https://elsewhere.example";

        Assert.Equal(expected ? Ok : AudienceMismatch, _chain.Verify().Outcome);
    }

    [Theory]
    [InlineData("crm.read", Ok)]
    [InlineData("crm.contacts.read", Ok)]
    [InlineData("email:send", Ok)]
    [InlineData("crm", ScopeNotGranted)]
    [InlineData("crm.Read", ScopeNotGranted)]
    [InlineData("email:read", ScopeNotGranted)]
    [InlineData("", ScopeNotGranted)]
    public void The_scope_asked_is_one_of_the_last_tokens(string scope, ChainOutcome expected)
    {
        _chain.Expected = _chain.Expected with { Scope = scope };

        Assert.Equal(expected, _chain.Verify().Outcome);
    }

    [Fact]
    public void The_action_is_within_every_constraint_and_one_that_is_not_known_is_not()
    {
        _chain.Expected = _chain.Expected with { Action = TestChain.Amount(100.5) };
        _chain.Refused(CeilingExceeded, 2);
        _chain.Expected = _chain.Expected with { Action = ActionValues.None };
        _chain.Refused(CeilingExceeded, 2);
    }

    [Fact]
    public void A_constraint_of_a_type_that_is_not_known_denies_though_every_hop_carries_it()
    {
        for (var hop = 0; hop < 3; hop++)
        {
            _chain.AddConstraint(hop, """{"key":"place","within":[1,2]}""");
        }

        _chain.Refused(UnknownConstraint, 2);
        _chain.Expected = _chain.Expected with { Scope = null };
        _chain.Refused(UnknownConstraint, 2);
        _chain.SetConstraints(2, """[{"key":"amount","max":100},{"key":"place","within":[2,1]}]""");
        _chain.Refused(NotNarrower, 2);
    }

    [Fact]
    public void Names_are_the_drafts() =>
        Assert.Equal(
            [
                "malformed", "non_canonical", "duplicate_member", "non_finite", "signature_invalid", "par_hash_mismatch", "depth_invalid", "principal_altered", "not_narrower",
                "expired", "holder_binding_failed", "revoked", "status_unknown", "audience_mismatch", "scope_not_granted", "ceiling_exceeded", "unknown_constraint", "ok",
            ],
            Enum.GetValues<ChainOutcome>().Select(outcome => outcome.Name()));
}
