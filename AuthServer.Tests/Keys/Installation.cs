using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuthServer.Tests.Keys;

/// <summary>A folder with a database and keys, the nodes that run on it, and their common clock.</summary>
/// <param name="postgreSql">The connection string of an empty PostgreSQL database; null: SQLite.</param>
internal sealed class Installation(string? postgreSql = null) : IAsyncDisposable
{
    public static readonly KeyPeriods Periods = new(TimeSpan.FromDays(90), TimeSpan.FromHours(1), TimeSpan.FromMinutes(15));

    private readonly List<ServiceProvider> _nodes = [];

    public TempFolder Home { get; } = new();

    public TestClock Clock { get; } = new();

    public List<string> Logged { get; } = [];

    public string KeyFile(string keyId) => Home[$"keys/signing/{keyId}.key"];

    /// <summary>A process: its own services on the common folder. The keys are not open yet.</summary>
    public async Task<ServiceProvider> NodeAsync(string? masterKey = null, string keys = "keys", Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddLogging(logging => logging.AddProvider(new ListLoggerProvider(Logged)).SetMinimumLevel(LogLevel.Trace));
        services.AddData(new DatabaseSettings(
            postgreSql is null ? DatabaseSettings.Sqlite : DatabaseSettings.PostgreSql, postgreSql ?? $"Data Source={Home["test.db"]}", Home.Path, Periods.LongestToken));
        services.AddKeys(new KeySettings(keys, masterKey, Home.Path, Periods));
        more?.Invoke(services);
        var node = services.BuildServiceProvider();
        _nodes.Add(node);
        await node.GetRequiredService<DatabaseStart>().MigrateAsync(CancellationToken.None);
        return node;
    }

    /// <summary>A node that has started.</summary>
    public async Task<ServiceProvider> StartedAsync()
    {
        var node = await NodeAsync();
        Assert.Empty(await node.OpenKeysAsync(CancellationToken.None));
        return node;
    }

    /// <summary>As if the database were new.</summary>
    public async Task ForgetSigningKeysAsync()
    {
        await using var db = await (await NodeAsync()).GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
        await db.SigningKeys.ExecuteDeleteAsync();
    }

    public static Task<IReadOnlyList<KeyLife>> LivesAsync(IServiceProvider node) => node.GetRequiredService<KeyRecords>().ReadAsync(CancellationToken.None);

    public static async Task<List<AuditEventRow>> TrailAsync(IServiceProvider node)
    {
        await using var db = await node.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
        return await db.AuditEvents.AsNoTracking().OrderBy(row => row.Id).ToListAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Home.Dispose();
    }

    private sealed class ListLoggerProvider(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add($"{logLevel}: {formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
