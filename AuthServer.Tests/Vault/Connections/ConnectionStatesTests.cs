using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;

namespace AuthServer.Tests.Vault.Connections;

public sealed class ConnectionStatesTests
{
    [Theory]
    [InlineData(ConnectionStatus.Draft, "Testing Active Error")]
    [InlineData(ConnectionStatus.Testing, "Active Inactive Error")]
    [InlineData(ConnectionStatus.Active, "Inactive Error")]
    [InlineData(ConnectionStatus.Inactive, "Testing Active")]
    [InlineData(ConnectionStatus.Error, "Testing Active Inactive")]
    public void Each_state_is_followed_by_these_and_no_others(ConnectionStatus from, string to) => Assert.Equal(
        to.Split(' ').Order(), Enum.GetValues<ConnectionStatus>().Where(next => ConnectionStates.Allows(from, next)).Select(next => next.ToString()).Order());

    [Fact]
    public void A_test_moves_a_connection_only_where_it_may_go() => Assert.All(Enum.GetValues<ConnectionStatus>(), before => Assert.All(Enum.GetValues<CredentialVerdict>(), verdict =>
        Assert.True(ConnectionTest.Next(before, verdict) is var after && (after == before || ConnectionStates.Allows(before, after)), $"{before} {verdict}")));
}
