using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

/// <summary>Two servers on one PostgreSQL: what one ends, the other knows.</summary>
public sealed class RevocationFeedTests(PostgreSqlStore store) : IClassFixture<PostgreSqlStore>
{
    [Fact]
    public async Task What_ended_before_the_start_is_known()
    {
        var id = await EndTokenAsync();
        await using var node = Node();
        await node.GetRequiredService<RevocationFeed>().LoadAsync(default);
        Assert.True(Knows(node, id));
    }

    [Fact]
    public async Task What_one_node_ends_the_other_hears()
    {
        await using var node = Node();
        var listener = await ListenAsync(node);
        Assert.True(node.GetRequiredService<RevocationFeed>().IsCurrent);
        var id = await EndTokenAsync();
        await UntilAsync(() => Knows(node, id));
        await listener.StopAsync(default);
    }

    [Fact]
    public async Task A_node_that_lost_the_bus_reads_the_database_until_it_hears_again()
    {
        await using var node = Node();
        var feed = node.GetRequiredService<RevocationFeed>();
        Assert.False(feed.IsCurrent);
        var missed = await EndTokenAsync();
        await feed.CatchUpAsync(default);
        Assert.True(Knows(node, missed));

        var listener = await ListenAsync(node);
        await using var source = NpgsqlDataSource.Create(store.ConnectionString);
        await using var cut = source.CreateCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'authserver revocations'");
        Assert.True((long)(await cut.ExecuteScalarAsync())! >= 1);
        await UntilAsync(() => !feed.IsCurrent);
        var meanwhile = await EndTokenAsync();
        await UntilAsync(() => feed.IsCurrent);
        Assert.True(Knows(node, meanwhile));
        await listener.StopAsync(default);
    }

    private static async Task<IHostedService> ListenAsync(ServiceProvider node)
    {
        var listener = node.GetServices<IHostedService>().Single(service => service is RevocationListener);
        await listener.StartAsync(default);
        return listener;
    }

    private static bool Knows(ServiceProvider node, string id) => node.GetRequiredService<RevocationIndex>().Ended(RevocationKind.Token, id);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 3000, "It did not come about.");
            await Task.Delay(10);
        }
    }

    private async Task<string> EndTokenAsync()
    {
        var why = Event(AuditEventTypes.TokenRevoked);

        // The feed reads what is alive by the real clock.
        await store.Families.EndTokenAsync(why.Id, DateTimeOffset.UtcNow.AddHours(1), why, default);
        return why.Id;
    }

    private ServiceProvider Node() => DatabaseStore.Provide(DatabaseSettings.PostgreSql, store.ConnectionString, Path.GetTempPath());
}
