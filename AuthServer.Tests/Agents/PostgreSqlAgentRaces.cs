using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

public sealed class PostgreSqlAgentRaces : AgentRaces
{
    protected override async Task<(string Key, string Value)[]> DatabaseAsync() =>
        [("AuthServer:Database:Provider", "PostgreSql"), ("AuthServer:Database:ConnectionString", await PostgreSqlCluster.CreateDatabaseAsync())];
}
