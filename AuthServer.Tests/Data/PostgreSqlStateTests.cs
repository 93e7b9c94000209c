using AuthServer.Tests.Support;

namespace AuthServer.Tests.Data;

public sealed class PostgreSqlStateTests(PostgreSqlStore store) : StateContract(store), IClassFixture<PostgreSqlStore>;

public sealed class PostgreSqlRaceTests(PostgreSqlStore store) : StateRaces(store), IClassFixture<PostgreSqlStore>;
