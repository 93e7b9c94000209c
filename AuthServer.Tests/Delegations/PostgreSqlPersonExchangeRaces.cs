using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

public sealed class PostgreSqlPersonExchangeRaces : PersonExchangeRaces
{
    protected override async Task<(string Key, string Value)[]> DatabaseAsync() =>
        [("AuthServer:Database:Provider", "PostgreSql"), ("AuthServer:Database:ConnectionString", await PostgreSqlCluster.CreateDatabaseAsync())];
}
