using AuthServer.Data;

namespace AuthServer.Tests.Support;

/// <summary>A SQLite file in a folder of its own.</summary>
public sealed class SqliteStore : DatabaseStore
{
    public string Home { get; } = TempFolder.New();

    public string File => Path.Combine(Home, "data", "authserver.db");

    protected override string Provider => DatabaseSettings.Sqlite;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }

    protected override Task<(string ConnectionString, string Home)> CreateAsync() => Task.FromResult(("Data Source=data/authserver.db", Home));
}
