using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Protocol.Authorize;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol;

[Trait("negative", "28")]
public sealed class PkceTests
{
    // RFC 7636 appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void The_example_of_RFC_7636_appendix_B_matches()
    {
        Assert.Null(Pkce.CheckChallenge(Challenge, "S256", required: true));
        Assert.Null(Pkce.CheckVerifier(Challenge, Verifier));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "S256", false)]
    [InlineData(Challenge, null, false)]
    [InlineData(Challenge, "plain", false)]
    [InlineData(Challenge, "s256", true)]
    [InlineData("", "S256", true)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "S256", true)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "S256", true)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "S256", true)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM", "S256", true)]
    public void A_challenge_that_protects_nothing_is_refused(string? challenge, string? method, bool required) =>
        Assert.Equal("invalid_request", Pkce.CheckChallenge(challenge, method, required)?.Code);

    [Fact]
    public void Nothing_at_all_is_fine_where_nothing_is_required() => Assert.Null(Pkce.CheckChallenge(null, null, required: false));

    [Theory]
    [InlineData(null, Verifier, "verifier_without_challenge")]
    [InlineData(Challenge, null, "verifier_missing")]
    [InlineData(Challenge, "short", "verifier_malformed")]
    [InlineData(Challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX+", "verifier_malformed")]
    [InlineData(Challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXé", "verifier_malformed")]
    [InlineData(Challenge, Challenge, "verifier_mismatch")]
    public void A_verifier_that_does_not_fit_is_an_invalid_grant(string? challenge, string? verifier, string reason)
    {
        var error = Pkce.CheckVerifier(challenge, verifier);
        Assert.Equal(("invalid_grant", reason), (error?.Code, error?.Reason));
    }

    [Fact]
    public void A_code_without_challenge_needs_no_verifier() => Assert.Null(Pkce.CheckVerifier(null, null));

    [Fact]
    public void Every_verifier_of_the_right_form_fits_its_own_challenge_and_no_other()
    {
        const string unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        var verifiers = Gen.Choose(43, 128).SelectMany(length => Gen.Elements(unreserved.ToCharArray()).ArrayOf(length)).Select(letters => new string(letters)).ToArbitrary();
        Prop.ForAll(verifiers, verifier =>
        {
            var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
            return Pkce.CheckChallenge(challenge, "S256", true) is null && Pkce.CheckVerifier(challenge, verifier) is null && Pkce.CheckVerifier(Challenge, verifier) is not null;
        }).QuickCheckThrowOnFailure();
    }
}
