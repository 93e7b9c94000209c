using AuthServer.Tests.Support;

namespace AuthServer.Tests.Data;

public sealed class PostgreSqlDatabaseTests(PostgreSqlStore store) : DatabaseContract(store), IClassFixture<PostgreSqlStore>;
