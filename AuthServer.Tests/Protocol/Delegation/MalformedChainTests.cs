using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using static AuthServer.Protocol.Delegation.ChainOutcome;

namespace AuthServer.Tests.Protocol.Delegation;

/// <summary>Tokens that are none, or that two readers could take differently.</summary>
public sealed class MalformedChainTests
{
    private readonly TestChain _chain = new();

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

        _chain.Refused(Malformed, 1);
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

        Assert.Equal((Malformed, 2), _chain.Refusal(tokens));
    }

    [Fact]
    public void Sizes_are_bounded()
    {
        var tokens = _chain.Tokens();
        Assert.Equal((Malformed, 0), _chain.Refusal([new string('a', Jws.MaxTokenLength + 1)]));
        Assert.Equal((Malformed, 0), _chain.Refusal([]));
        Assert.Equal((Malformed, ChainVerifier.MaxHops), _chain.Refusal([.. Enumerable.Repeat(tokens[0], ChainVerifier.MaxHops + 1)]));
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

        _chain.Refused(expected, 1);
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
}
