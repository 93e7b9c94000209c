using AuthServer.Tests.Support;

namespace AuthServer.Tests.Data;

public sealed class PostgreSqlWriterTests(PostgreSqlStore store) : WriterContract(store), IClassFixture<PostgreSqlStore>;
