using AuthServer.Tests.Support;

namespace AuthServer.Tests.Data;

public sealed class SqliteStateTests(SqliteStore store) : StateContract(store), IClassFixture<SqliteStore>;

public sealed class SqliteRaceTests(SqliteStore store) : StateRaces(store), IClassFixture<SqliteStore>;
