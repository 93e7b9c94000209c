using AuthServer.Data;

namespace AuthServer.Tests.Support;

/// <summary>A database of its own in the run's PostgreSQL.</summary>
public sealed class PostgreSqlStore : DatabaseStore
{
    public string ConnectionString { get; private set; } = "";

    protected override string Provider => DatabaseSettings.PostgreSql;

    protected override async Task<(string ConnectionString, string Home)> CreateAsync() =>
        (ConnectionString = await PostgreSqlCluster.CreateDatabaseAsync(), Path.GetTempPath());
}
