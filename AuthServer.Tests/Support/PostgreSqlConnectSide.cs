namespace AuthServer.Tests.Support;

/// <summary>The same on PostgreSQL.</summary>
public sealed class PostgreSqlConnectSide : ConnectSide
{
    protected override Task<(string Key, string Value)[]> SettingsAsync() => PostgreSqlCluster.SettingsAsync();
}
