using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using AuthServer.Tests.Jose;
using static AuthServer.Protocol.Delegation.ChainOutcome;

namespace AuthServer.Tests.Protocol.Delegation;

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

    [Theory]
    [InlineData("iss", "null")]
    [InlineData("iss", null)]
    [InlineData("jti", "7")]
    [InlineData("sub", null)]
    [InlineData("client_id", null)]
    [InlineData("client_id", "[]")]
    [InlineData("aud", null)]
    [InlineData("aud", "null")]
    [InlineData("aud", "[]")]
    [InlineData("aud", "[1]")]
    [InlineData("iat", "\"1\"")]
    [InlineData("exp", null)]
    [InlineData("exp", "9007199254740991")]
    [InlineData("nbf", "\"later\"")]
    [InlineData("cnf", null)]
    [InlineData("cnf", "{}")]
    [InlineData("cnf", "{\"jkt\":7}")]
    [InlineData("del_depth", null)]
    [InlineData("del_depth", "-1")]
    [InlineData("del_depth", "1.5")]
    [InlineData("del_max_depth", "0")]
    [InlineData("del_max_depth", "\"3\"")]
    [InlineData("par_hash", "7")]
    [InlineData("authorization_details", null)]
    [InlineData("authorization_details", "{}")]
    [InlineData("authorization_details", "[]")]
    [InlineData("authorization_details", "[7]")]
    [InlineData("authorization_details", "[{\"type\":\"other\",\"scopes\":[]}]")]
    [InlineData("authorization_details", "[{\"type\":7,\"scopes\":[]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\"}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[]},{\"type\":\"agent_delegation\",\"scopes\":[]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[],\"locations\":[]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[7]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[\"crm.*.read\"]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[\"*\"]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[\"two words\"]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[\"crm.read\\n\"]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[],\"constraints\":{}}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[],\"constraints\":[{\"key\":\"a\",\"max\":\"1\"}]}]")]
    [InlineData("authorization_details", "[{\"type\":\"agent_delegation\",\"scopes\":[],\"constraints\":[{\"key\":\"a\",\"max\":1},{\"key\":\"a\",\"max\":1}]}]")]
    public void A_claim_that_is_missing_or_of_the_wrong_form_is_malformed(string name, string? json)
    {
        _chain.Claims[1].Remove(name);
        if (json is not null)
        {
            _chain.Claims[1][name] = JsonNode.Parse(json);
        }

        Refused(Malformed, 1);
    }

    [Fact]
    public void A_root_names_its_depth_and_principal_and_no_parent()
    {
        foreach (var change in new Action<JsonObject>[] { root => root.Remove("del_max_depth"), root => root["sub"] = "", root => root["par_hash"] = "x" })
        {
            var chain = new TestChain();
            change(chain.Claims[0]);
            Assert.Equal((Malformed, 0), (chain.Verify().Outcome, chain.Verify().Hop));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("e30.e30.")]
    [InlineData("e30=.e30.AA")]
    [InlineData("é.e30.AA")]
    [InlineData("W10.e30.AA")]
    [InlineData("e30.e30.AA")]
    public void What_is_no_token_is_malformed(string token)
    {
        var tokens = _chain.Tokens();
        tokens[2] = token;

        Assert.Equal((Malformed, 2), Refusal(tokens));
    }

    [Fact]
    public void Sizes_are_bounded()
    {
        var tokens = _chain.Tokens();
        Assert.Equal((Malformed, 0), Refusal([new string('a', Jws.MaxTokenLength + 1)]));
        Assert.Equal((Malformed, 0), Refusal([]));
        Assert.Equal((Malformed, ChainVerifier.MaxHops), Refusal([.. Enumerable.Repeat(tokens[0], ChainVerifier.MaxHops + 1)]));
        var longest = new TestChain(ChainVerifier.MaxHops);
        longest.Claims[0]["del_max_depth"] = ChainVerifier.MaxHops;
        Assert.Equal(Ok, longest.Verify().Outcome);
    }

    [Theory]
    [InlineData("{", "{ ", NonCanonical)]
    [InlineData("\"del_depth\":1", "\"del_depth\":1.0", NonCanonical)]
    [InlineData("usr_1", "usr\\u005f1", NonCanonical)]
    [InlineData("\"sub\":\"usr_1\"", "\"sub\":\"usr_1\",\"sub\":\"usr_1\"", DuplicateMember)]
    [InlineData("\"max\":100", "\"max\":100,\"max\":1", DuplicateMember)]
    [InlineData("\"max\":100", "\"max\":NaN", NonFinite)]
    [InlineData("\"max\":100", "\"max\":-Infinity", NonFinite)]
    [InlineData("\"max\":100", "\"max\":1e999", NonFinite)]
    [InlineData("\"max\":100", "\"max\":9007199254740992", Malformed)]
    [InlineData("usr_1", "usr_\\ud800", Malformed)]
    public void Octets_that_two_readers_could_take_differently_are_refused(string old, string replacement, ChainOutcome expected)
    {
        _chain.Texts[1] = text =>
        {
            var at = text.IndexOf(old, StringComparison.Ordinal);
            return text[..at] + replacement + text[(at + old.Length)..];
        };

        Refused(expected, 1);
    }

    [Theory]
    [InlineData("""{"kid":"KID","alg":"ES256","typ":"at+jwt"}""", NonCanonical)]
    [InlineData("""{"alg":"ES256","alg":"ES256","kid":"KID","typ":"at+jwt"}""", DuplicateMember)]
    [InlineData("""{"alg":"ES256","kid":"KID","n":NaN,"typ":"at+jwt"}""", NonFinite)]
    [InlineData("""{"alg":"ES256","kid":"KID","typ":"JWT"}""", Malformed)]
    [InlineData("""{"alg":"ES256","kid":"KID"}""", Malformed)]
    [InlineData("""{"kid":"KID","typ":"at+jwt"}""", Malformed)]
    [InlineData("""{"alg":"none","kid":"KID","typ":"at+jwt"}""", SignatureInvalid)]
    [InlineData("""{"alg":"HS256","kid":"KID","typ":"at+jwt"}""", SignatureInvalid)]
    [InlineData("""{"alg":"ES384","kid":"KID","typ":"at+jwt"}""", SignatureInvalid)]
    [InlineData("""{"alg":"ES256","crit":["x"],"kid":"KID","typ":"at+jwt"}""", SignatureInvalid)]
    [InlineData("""{"alg":"ES256","kid":"other","typ":"at+jwt"}""", SignatureInvalid)]
    [InlineData("""{"alg":"ES256","kid":"KID","typ":"application/at+jwt"}""", Ok)]
    [InlineData("""{"alg":"ES256","c14n":"other","kid":"KID","typ":"at+jwt"}""", Ok)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""", Ok)]
    public void A_header_is_held_to_the_same(string header, ChainOutcome expected)
    {
        _chain.Header = _ => header.Replace("KID", TestChain.Key.KeyId, StringComparison.Ordinal);

        Assert.Equal(expected, _chain.Verify().Outcome);
    }

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
        tokens[2] = TestTokens.Sign(rsa, $$"""{"alg":"PS256","kid":"{{rsa.KeyId}}","typ":"at+jwt"}""", CanonicalJson.Text(Payload(tokens[2])));

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

        Assert.Equal((ParHashMismatch, 2), Refusal([tokens[0], others[1], tokens[2]]));
        Assert.Equal((ParHashMismatch, 1), Refusal([tokens[0], tokens[2]]));
        Assert.True(ChainVerifier.Verify([others[0], others[1], others[2]], _chain.Expected).IsOk);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(0, 1)]
    public void Hops_are_numbered_from_the_root(int hop, int depth)
    {
        _chain.Claims[hop]["del_depth"] = depth;

        Refused(DepthInvalid, hop);
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

        Refused(PrincipalAltered, 2);
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

        Refused(NotNarrower, 2);
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

        Refused(Expired, 2);
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

    [Fact]
    public void Whoever_presents_it_holds_the_key_of_the_last_token()
    {
        _chain.Claims[2]["cnf"] = new JsonObject { ["jkt"] = "another" };

        Refused(HolderBindingFailed, 2);
    }

    [Fact]
    public void A_revoked_hop_ends_the_chain_and_so_does_one_of_whom_nobody_knows()
    {
        _chain.Expected = _chain.Expected with { Status = hop => hop.Depth == 1 ? HopStatus.Revoked : HopStatus.Live };
        Refused(Revoked, 1);
        _chain.Expected = _chain.Expected with { Status = hop => hop.Depth == 0 ? HopStatus.Unknown : HopStatus.Live };
        Refused(StatusUnknown, 0);
        _chain.Expected = _chain.Expected with { Status = _ => default };
        Refused(StatusUnknown, 0);
    }

    [Fact]
    public void A_token_that_says_where_its_status_is_kept_passes_only_when_somebody_looks_there_or_status_does_not_count()
    {
        _chain.Claims[2]["status"] = JsonNode.Parse("""{"status_list":{"idx":7,"uri":"https://as.example/status/1"}}""");
        Assert.True(_chain.Verify().IsOk);
        _chain.Expected = _chain.Expected with { Status = null };
        Refused(StatusUnknown, 2);
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
        Refused(CeilingExceeded, 2);
        _chain.Expected = _chain.Expected with { Action = ActionValues.None };
        Refused(CeilingExceeded, 2);
    }

    [Fact]
    public void A_constraint_of_a_type_that_is_not_known_denies_though_every_hop_carries_it()
    {
        for (var hop = 0; hop < 3; hop++)
        {
            _chain.AddConstraint(hop, """{"key":"place","within":[1,2]}""");
        }

        Refused(UnknownConstraint, 2);
        _chain.Expected = _chain.Expected with { Scope = null };
        Refused(UnknownConstraint, 2);
        _chain.SetConstraints(2, """[{"key":"amount","max":100},{"key":"place","within":[2,1]}]""");
        Refused(NotNarrower, 2);
    }

    [Fact]
    public void Names_are_the_drafts() =>
        Assert.Equal(
            [
                "malformed", "non_canonical", "duplicate_member", "non_finite", "signature_invalid", "par_hash_mismatch", "depth_invalid", "principal_altered", "not_narrower",
                "expired", "holder_binding_failed", "revoked", "status_unknown", "audience_mismatch", "scope_not_granted", "ceiling_exceeded", "unknown_constraint", "ok",
            ],
            Enum.GetValues<ChainOutcome>().Select(outcome => outcome.Name()));

    private static JsonElement Payload(string token) => JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));

    private void Refused(ChainOutcome outcome, int hop)
    {
        var verdict = _chain.Verify();
        Assert.Equal((outcome, hop), (verdict.Outcome, verdict.Hop));
        Assert.NotNull(verdict.Detail);
        Assert.Empty(verdict.Hops);
    }

    private (ChainOutcome, int?) Refusal(IReadOnlyList<string> tokens)
    {
        var verdict = ChainVerifier.Verify(tokens, _chain.Expected);
        return (verdict.Outcome, verdict.Hop);
    }
}
