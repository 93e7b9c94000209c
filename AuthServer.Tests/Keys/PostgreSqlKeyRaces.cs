using AuthServer.Tests.Support;

namespace AuthServer.Tests.Keys;

public sealed class PostgreSqlKeyRaces : KeyRaces
{
    private protected override async Task<Installation> InstallAsync() => new(await PostgreSqlCluster.CreateDatabaseAsync());
}
