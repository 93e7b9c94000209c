using AuthServer.Protocol.Clients;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol;

[Trait("negative", "30")]
public sealed class ClientAssertionTests
{
    private const string Issuer = "https://auth.example";

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static ClientAssertion Good => new()
    {
        Issuer = "client",
        Subject = "client",
        Audience = Issuer,
        Id = "jti",
        IssuedAt = Now,
        ExpiresAt = Now + TimeSpan.FromMinutes(1),
    };

    [Fact]
    public void A_good_one_has_no_fault_and_its_id_is_remembered_longer_than_it_is_accepted()
    {
        Assert.Null(Check(Good));
        Assert.Null(Check(Good with { IssuedAt = null }));
        Assert.Equal(Good.ExpiresAt + TimeSpan.FromSeconds(30), Good.RememberUntil);
        Assert.Equal("assertion_expired", Good.Check("client", Issuer, Good.RememberUntil));
    }

    [Fact]
    public void Each_claim_must_be_what_it_should()
    {
        Assert.Equal("assertion_subject", Check(Good with { Issuer = null }));
        Assert.Equal("assertion_subject", Check(Good with { Issuer = "other" }));
        Assert.Equal("assertion_subject", Check(Good with { Subject = null }));
        Assert.Equal("assertion_subject", Check(Good with { Subject = "CLIENT" }));
        Assert.Equal("assertion_audience", Check(Good with { Audience = null }));
        Assert.Equal("assertion_audience", Check(Good with { Audience = Issuer + "/" }));
        Assert.Equal("assertion_audience", Check(Good with { Audience = Issuer + "/connect/token" }));
        Assert.Equal("assertion_jti", Check(Good with { Id = null }));
        Assert.Equal("assertion_jti", Check(Good with { Id = new string('x', 257) }));
        Assert.Equal("assertion_expired", Check(Good with { ExpiresAt = null }));
    }

    [Theory]
    [InlineData(-30, "assertion_expired")]
    [InlineData(-29, null)]
    [InlineData(600, null)]
    [InlineData(601, "assertion_too_long")]
    public void It_may_have_expired_half_a_minute_ago_and_expire_in_ten(int seconds, string? fault) =>
        Assert.Equal(fault, Check(Good with { ExpiresAt = Now + TimeSpan.FromSeconds(seconds) }));

    [Theory]
    [InlineData(30, null)]
    [InlineData(31, "assertion_from_the_future")]
    [InlineData(-1_000_000, null)]
    public void It_may_come_from_half_a_minute_in_the_future(int seconds, string? fault)
    {
        Assert.Equal(fault, Check(Good with { IssuedAt = Now + TimeSpan.FromSeconds(seconds) }));
        Assert.Equal(fault, Check(Good with { NotBefore = Now + TimeSpan.FromSeconds(seconds) }));
    }

    [Fact]
    [Trait("negative", "59")]
    public void No_moment_of_any_calendar_breaks_the_check() => Prop.ForAll(
        Gen.Choose(0, 1000).Select(share => DateTimeOffset.FromUnixTimeSeconds((long)(DateTimeOffset.MinValue.ToUnixTimeSeconds()
            + ((DateTimeOffset.MaxValue.ToUnixTimeSeconds() - (double)DateTimeOffset.MinValue.ToUnixTimeSeconds()) * share / 1000)))).ToArbitrary(),
        moment => Check(Good with { ExpiresAt = moment }) is not null && (Check(Good with { IssuedAt = moment }) is null) == (moment <= Now + TimeSpan.FromSeconds(30))).QuickCheckThrowOnFailure();

    [Fact]
    [Trait("negative", "59")]
    public void The_last_moment_of_all_is_too_far_away() => Assert.Equal("assertion_too_long", Check(Good with { ExpiresAt = DateTimeOffset.MaxValue }));

    private static string? Check(ClientAssertion assertion) => assertion.Check("client", Issuer, Now);
}
