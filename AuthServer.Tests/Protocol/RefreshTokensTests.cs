using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol;

[Trait("negative", "31")]
public sealed class RefreshTokensTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly GrantedRights Rights = new()
    {
        AuthorizationId = "authorization",
        FamilyId = "fam_1",
        ApplicationId = "row",
        Subject = "usr_1",
        Scopes = ["openid"],
        SessionId = "session",
        AuthTime = Now,
    };

    private static readonly TokenFamily Family = new() { Id = "fam_1", Rights = Rights, CreatedAt = Now, ExpiresAt = Now.AddDays(30) };

    [Fact]
    public void A_token_has_one_successor_under_one_key_and_another_under_another()
    {
        var (one, same, other) = (new RefreshTokens(new byte[32]), new RefreshTokens(new byte[32]), new RefreshTokens([.. Enumerable.Repeat((byte)1, 32)]));
        Assert.Equal(one.Successor("token"), same.Successor("token"));
        Assert.NotEqual(one.Successor("token"), other.Successor("token"));
    }

    [Fact]
    public void No_two_tokens_have_the_same_successor_and_each_looks_like_a_random_one()
    {
        var succession = new RefreshTokens(new byte[32]);
        Prop.ForAll<NonEmptyString, NonEmptyString>((one, two) =>
            one.Get == two.Get || succession.Successor(one.Get) != succession.Successor(two.Get)).QuickCheckThrowOnFailure();
        Assert.Equal(Handle.New().Length, succession.Successor("token").Length);
    }

    [Fact]
    public void First_tokens_are_random_and_only_their_hash_is_kept()
    {
        var (value, record) = RefreshTokens.First(Family, TestClient.Lifetimes(), "fam_1.a");
        var (other, _) = RefreshTokens.First(Family, TestClient.Lifetimes(), "fam_1.b");
        Assert.NotEqual(value, other);
        Assert.Equal(Handle.ReferenceId(value), record.ReferenceId);
        Assert.DoesNotContain(value, record.ToString(), StringComparison.Ordinal);
        Assert.Equal((Now + TimeSpan.FromDays(7), Now + TimeSpan.FromDays(30)), (record.ExpiresAt, record.FamilyExpiresAt));
    }

    [Fact]
    public void The_idle_time_begins_anew_and_never_passes_the_familys_end()
    {
        var succession = new RefreshTokens(new byte[32]);
        var (value, record) = RefreshTokens.First(Family, TestClient.Lifetimes(), "fam_1.a");
        foreach (var day in new[] { 6, 12, 18, 24, 29 })
        {
            (value, record) = succession.Next(value, record, TestClient.Lifetimes(), $"fam_1.{day}", Now + TimeSpan.FromDays(day));
            Assert.Equal(Now + TimeSpan.FromDays(Math.Min(day + 7, 30)), record.ExpiresAt);
            Assert.Equal(Now + TimeSpan.FromDays(30), record.FamilyExpiresAt);
        }
    }

    [Fact]
    public void Without_an_idle_limit_only_the_familys_end_counts()
    {
        var (_, record) = RefreshTokens.First(Family, TestClient.Lifetimes() with { RefreshIdle = null }, "fam_1.a");
        Assert.Equal(Now + TimeSpan.FromDays(30), record.ExpiresAt);
    }

    [Fact]
    public void The_reference_id_is_the_base64_of_the_sha256() =>
        Assert.Equal("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", Handle.ReferenceId("abc"));
}
