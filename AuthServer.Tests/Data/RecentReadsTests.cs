using AuthServer.Data;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Data;

public sealed class RecentReadsTests
{
    private readonly TestClock _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly Dictionary<string, string> _stored = new() { ["a"] = "first" };

    [Fact]
    public async Task What_was_read_is_kept_for_five_seconds_and_then_read_anew()
    {
        var reads = Reads();
        Assert.Equal("first", await FindAsync(reads));
        _stored["a"] = "second";
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("first", await FindAsync(reads));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("second", await FindAsync(reads));
    }

    [Fact]
    public async Task What_is_forgotten_is_read_anew_at_once()
    {
        var reads = Reads();
        await FindAsync(reads);
        _stored["a"] = "second";
        reads.Forget("a");
        Assert.Equal("second", await FindAsync(reads));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_being_read_when_it_was_forgotten_is_not_kept(bool alone)
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var reads = new RecentReads<string>(
            async (key, _) =>
            {
                var read = _stored[key];
                if (read == "first")
                {
                    begun.SetResult();
                    await go.Task;
                }

                return read;
            },
            _clock);
        var old = FindAsync(reads);
        await begun.Task;

        _stored["a"] = "second";
        if (alone)
        {
            reads.Forget("a");
        }
        else
        {
            reads.Clear();
        }

        go.SetResult();
        await old;
        Assert.Equal("second", await FindAsync(reads));
    }

    [Fact]
    public async Task Whoever_comes_while_it_is_read_waits_for_the_same_reading()
    {
        var (readings, go) = (0, new TaskCompletionSource());
        var reads = new RecentReads<string>(
            async (key, _) =>
            {
                readings++;
                await go.Task;
                return _stored[key];
            },
            _clock);
        var (one, two) = (FindAsync(reads), FindAsync(reads));
        go.SetResult();
        Assert.Equal(("first", "first"), (await one, await two));
        Assert.Equal(1, readings);
    }

    [Fact]
    public async Task Neither_a_failure_nor_nothing_is_kept()
    {
        var reads = Reads();
        _stored.Remove("a");
        Assert.Null(await FindAsync(reads));
        _stored["a"] = "";
        await Assert.ThrowsAsync<InvalidDataException>(() => FindAsync(reads));
        _stored["a"] = "there";
        Assert.Equal("there", await FindAsync(reads));
    }

    [Fact]
    public async Task A_reading_is_given_what_was_read_before()
    {
        var given = new List<string?>();
        var reads = new RecentReads<string>(
            (key, before) =>
            {
                given.Add(before);
                return Task.FromResult<string?>(_stored[key]);
            },
            _clock);
        await FindAsync(reads);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await FindAsync(reads);
        reads.Forget("a");
        await FindAsync(reads);
        Assert.Equal([null, "first", null], given);
    }

    private static Task<string?> FindAsync(RecentReads<string> reads) => reads.FindAsync("a", CancellationToken.None).AsTask();

    private RecentReads<string> Reads() => new(
        async (key, _) =>
        {
            await Task.Yield();
            return _stored.GetValueOrDefault(key) is not { } read ? null : read.Length > 0 ? read : throw new InvalidDataException("It cannot be read.");
        },
        _clock);
}
