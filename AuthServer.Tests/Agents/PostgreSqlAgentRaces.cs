using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

public sealed class PostgreSqlAgentRaces : AgentRaces
{
    protected override Task<(string Key, string Value)[]> DatabaseAsync() => PostgreSqlCluster.SettingsAsync();
}
