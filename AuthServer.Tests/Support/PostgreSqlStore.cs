using AuthServer.Data;

namespace AuthServer.Tests.Support;

/// <summary>A database of its own in the run's PostgreSQL.</summary>
public sealed class PostgreSqlStore : DatabaseStore
{
    /// <summary>Another node's connection string, to share its database.</summary>
    public string? Shared { get; init; }

    public string ConnectionString { get; private set; } = "";

    protected override string Provider => DatabaseSettings.PostgreSql;

    protected override async Task<(string ConnectionString, string Home)> CreateAsync() =>
        (ConnectionString = Shared ?? await PostgreSqlCluster.CreateDatabaseAsync(), Path.GetTempPath());
}
