using System.Data.Common;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Tests.Data;

public sealed class RevocationFeedTests(SqliteStore store) : IClassFixture<SqliteStore>
{
    [Fact]
    public async Task On_SQLite_what_another_process_ended_is_found_by_polling()
    {
        await InsertAsync("before", DateTime.UtcNow);
        await store.RunAsync();
        Assert.True(store.Services.GetRequiredService<RevocationFeed>().IsCurrent);
        Assert.True(store.Index.Ended(RevocationKind.Token, "before"));

        // Long ago, as a command might say that everything before then is dead.
        await InsertAsync("later", DateTime.UtcNow.AddDays(-10));
        await store.Services.GetServices<IHostedService>().OfType<RevocationPolling>().Single().PollAsync(CancellationToken.None);

        Assert.True(store.Index.Ended(RevocationKind.Token, "later"));
    }

    [Fact]
    public async Task While_it_is_not_current_each_caller_sees_what_was_stored_before_it_called_and_those_who_wait_share_a_reading()
    {
        var reader = new SlowReader();
        using var feed = new RevocationFeed(reader, new RevocationIndex(), TimeProvider.System);

        var first = feed.CatchUpAsync(CancellationToken.None).AsTask();
        await reader.Reading;
        var others = Enumerable.Range(0, 20).Select(_ => feed.CatchUpAsync(CancellationToken.None).AsTask()).ToArray();
        reader.Answer();
        await first;
        await Task.WhenAll(others);

        Assert.Equal(2, reader.Readings);
    }

    [Fact]
    public async Task While_it_is_current_catching_up_reads_nothing()
    {
        var reader = new SlowReader();
        using var feed = new RevocationFeed(reader, new RevocationIndex(), TimeProvider.System) { IsCurrent = true };
        await feed.CatchUpAsync(CancellationToken.None);
        Assert.Equal(0, reader.Readings);
    }

    /// <summary>As another process would.</summary>
    private async Task InsertAsync(string id, DateTime moment)
    {
        await using var connection = new SqliteConnection($"Data Source={store.File};Pooling=false");
        await connection.OpenAsync();
        await using var command = new SqliteCommand("INSERT INTO Revocations (Kind, Id, Moment, ExpiresAt) VALUES (1, $1, $2, $3)", connection);
        command.Parameters.AddWithValue("$1", id);
        command.Parameters.AddWithValue("$2", moment);
        command.Parameters.AddWithValue("$3", DateTime.UtcNow.AddDays(1));
        await command.ExecuteNonQueryAsync();
    }

    private sealed class SlowReader : IDatabaseReader
    {
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _readings;

        public Task Reading => _reading.Task;

        public int Readings => _readings;

        public void Answer() => _answer.SetResult();

        public ValueTask<T?> FindAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct) => default;

        public async ValueTask<List<T>> ListAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct)
        {
            Interlocked.Increment(ref _readings);
            _reading.TrySetResult();
            await _answer.Task;
            return [];
        }
    }
}
