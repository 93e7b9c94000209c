using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

/// <summary>Two nodes on one PostgreSQL.</summary>
public sealed class NodesTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PostgreSqlStore _one = new();
    private PostgreSqlStore _other = new();

    private string Database => new NpgsqlConnectionStringBuilder(_one.ConnectionString).Database!;

    public async Task InitializeAsync()
    {
        await _one.InitializeAsync();
        _other = new PostgreSqlStore { Shared = _one.ConnectionString };
        await _other.InitializeAsync();
        await _one.RunAsync();
        await _other.RunAsync();
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task What_one_ends_the_other_knows_by_notification()
    {
        await EndAndHearAsync("token|with odd $ chars");
        Assert.True(_other.Index.Ended(RevocationKind.Token, "token|with odd $ chars"));
    }

    [Fact]
    public async Task The_moment_of_an_ended_person_arrives_as_it_was()
    {
        var moment = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);
        var heard = HearAsync("usr_1");
        await _one.Families.EndSubjectAsync("usr_1", moment, Event(), default);
        Assert.Equal(moment, (await heard).Moment);
        Assert.True(_other.Index.EndedBefore(RevocationKind.Subject, "usr_1", moment));
        Assert.False(_other.Index.EndedBefore(RevocationKind.Subject, "usr_1", moment.AddSeconds(1)));
    }

    [Fact]
    public async Task An_end_that_is_not_committed_is_not_told()
    {
        var taken = Event();
        await _one.Trail.AppendAsync(taken, default);
        await Assert.ThrowsAsync<PostgresException>(
            () => _one.Families.EndTokenAsync("undone", DateTimeOffset.UtcNow.AddHours(1), taken, default));

        await EndAndHearAsync("done");
        Assert.False(_other.Index.Ended(RevocationKind.Token, "undone"));
    }

    [Fact]
    public async Task A_node_that_lost_the_bus_reads_the_database_until_it_has_caught_up()
    {
        var feed = _other.Services.GetRequiredService<RevocationFeed>();
        await feed.LoadAsync(default);
        await _one.Trail.AppendAsync(Event(), default);
        var (lost, back) = (CurrentAsync(feed, false), CurrentAsync(feed, true));

        // Connections in the pools stay; nobody gets a new one, so the listeners cannot come back.
        await AdministerAsync($"ALTER DATABASE {Database} ALLOW_CONNECTIONS false");
        await AdministerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Database}' AND application_name = '{RevocationListener.ApplicationName}'");
        await lost;
        Assert.False(feed.IsCurrent);
        await _one.Families.EndTokenAsync("missed", DateTimeOffset.UtcNow.AddHours(1), Event(), default);
        Assert.False(_other.Index.Ended(RevocationKind.Token, "missed"));
        await feed.CatchUpAsync(default);
        Assert.True(_other.Index.Ended(RevocationKind.Token, "missed"));

        // Ended while nobody listened, and nobody asks before the listener is back.
        await _one.Families.EndTokenAsync("unasked", DateTimeOffset.UtcNow.AddHours(1), Event(), default);
        await AdministerAsync($"ALTER DATABASE {Database} ALLOW_CONNECTIONS true");
        await back;
        Assert.True(_other.Index.Ended(RevocationKind.Token, "unasked"));
        await EndAndHearAsync("heard again");
    }

    private static Task CurrentAsync(RevocationFeed feed, bool value)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        feed.CurrentChanged += current =>
        {
            if (current == value)
            {
                changed.TrySetResult();
            }
        };
        return changed.Task.WaitAsync(Patience);
    }

    private Task<Revocation> HearAsync(string id)
    {
        var heard = new TaskCompletionSource<Revocation>(TaskCreationOptions.RunContinuationsAsynchronously);
        _other.Services.GetRequiredService<RevocationFeed>().Received += entry =>
        {
            if (entry.Target.Id == id)
            {
                heard.TrySetResult(entry);
            }
        };
        return heard.Task.WaitAsync(Patience);
    }

    private async Task EndAndHearAsync(string tokenId)
    {
        var heard = HearAsync(tokenId);
        await _one.Families.EndTokenAsync(tokenId, DateTimeOffset.UtcNow.AddHours(1), Event(), default);
        await heard;
    }

    private async Task AdministerAsync(string sql)
    {
        var administrator = new NpgsqlConnectionStringBuilder(_one.ConnectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(administrator.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
