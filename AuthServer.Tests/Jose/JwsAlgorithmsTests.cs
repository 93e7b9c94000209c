using AuthServer.Jose;

namespace AuthServer.Tests.Jose;

[Trait("negative", "64")]
public class JwsAlgorithmsTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES512")]
    [InlineData("RS384")]
    [InlineData("es256")]
    [InlineData("ES256 ")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData(null)]
    public void Client_metadata_cannot_name_an_algorithm_that_is_not_ours(string? name) => Assert.False(JwsAlgorithms.TryParse(name, out _));

    [Fact]
    public void Each_algorithm_has_one_name()
    {
        Assert.Equal(Enum.GetNames<JwsAlgorithm>(), JwsAlgorithms.Names);
        Assert.All(Enum.GetValues<JwsAlgorithm>(), a => Assert.True(JwsAlgorithms.TryParse(a.Name(), out var parsed) && parsed == a));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((JwsAlgorithm)99).Name());
    }

    [Fact]
    public void The_at_hash_of_OpenID_Connect_Core_appendix_A_comes_out()
    {
        Assert.Equal("77QmUPtjPfzWtF2AnpK9RQ", JwsAlgorithm.RS256.HalfHash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"));
        Assert.Equal(32, JwsAlgorithm.ES384.HalfHash("x").Length);
    }
}
