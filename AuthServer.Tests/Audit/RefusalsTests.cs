using AuthServer.Audit;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Audit;

/// <summary>negative-tests.md 57: what nobody can be named for is counted, and a flood of it fills no disk.</summary>
public sealed class RefusalsTests : IAsyncLifetime
{
    private TestServer _server = null!;

    private Refusals Refusals => _server.Services.GetRequiredService<Refusals>();

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Are_counted_per_kind_address_and_minute()
    {
        var now = new DateTimeOffset(2026, 1, 1, 12, 0, 59, TimeSpan.Zero);
        Refusals.Count("sign_in", "10.0.0.1", now);
        Refusals.Count("sign_in", "10.0.0.1", now.AddSeconds(-30));
        Refusals.Count("sign_in", "10.0.0.2", now);
        Refusals.Count("redirect_uri", "10.0.0.1", now);
        Refusals.Count("sign_in", "10.0.0.1", now.AddSeconds(1));
        await Refusals.FlushAsync(default);

        Assert.Equal(4, (await RowsAsync()).Count);
        Assert.Equal(2, (await RowsAsync()).Single(row => row is { Kind: "sign_in", Address: "10.0.0.1", Minute.Minute: 0 }).Count);
    }

    [Fact]
    public async Task Are_added_to_what_was_written_before_even_by_many_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            Refusals.Count("sign_in", "10.0.0.1", _server.Clock.Now);
            await Refusals.FlushAsync(default);
        }));

        Assert.Equal(20, Assert.Single(await RowsAsync()).Count);
    }

    [Fact]
    public async Task Are_kept_when_they_cannot_be_written()
    {
        Refusals.Count("sign_in", "10.0.0.1", _server.Clock.Now);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Refusals.FlushAsync(gone.Token));
        await Refusals.FlushAsync(default);

        Assert.Single(await RowsAsync());
    }

    [Fact]
    public async Task Of_a_flood_of_addresses_are_counted_under_one_name()
    {
        for (var i = 0; i < 12_000; i++)
        {
            Refusals.Count("sign_in", $"address-{i}", _server.Clock.Now);
        }

        await Refusals.FlushAsync(default);
        var rows = await RowsAsync();
        Assert.InRange(rows.Count, 1, 10_001);
        Assert.Equal(12_000, rows.Sum(row => row.Count));
    }

    private Task<List<RefusalCount>> RowsAsync() => _server.QueryAsync(context => context.RefusalCounts.AsNoTracking().ToListAsync());
}
