using AuthServer.Vault.Connections;

namespace AuthServer.Tests.Vault.Connections;

public sealed class ConnectionStatesTests
{
    [Theory]
    [InlineData(ConnectionStatus.Draft, "Testing Active")]
    [InlineData(ConnectionStatus.Testing, "Active Inactive Error")]
    [InlineData(ConnectionStatus.Active, "Inactive Error")]
    [InlineData(ConnectionStatus.Inactive, "Testing Active")]
    [InlineData(ConnectionStatus.Error, "Testing Active Inactive")]
    public void Each_state_is_followed_by_these_and_no_others(ConnectionStatus from, string to) => Assert.Equal(
        to.Split(' ').Order(), Enum.GetValues<ConnectionStatus>().Where(next => ConnectionStates.Allows(from, next)).Select(next => next.ToString()).Order());
}
