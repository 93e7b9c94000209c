using AuthServer.Policies.Engine;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Policies;

public sealed class SlidingWindowTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void The_last_that_fits_is_taken_and_the_next_is_not()
    {
        var window = new SlidingWindow(Hour, 3);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => window.TryTake(Ask.Monday, 1)));
        Assert.Equal(0, window.Remaining(Ask.Monday));
    }

    [Fact]
    public void What_is_refused_is_not_counted()
    {
        var window = new SlidingWindow(Hour, 10);
        Assert.True(window.TryTake(Ask.Monday, 8));
        Assert.False(window.TryTake(Ask.Monday, 3));
        Assert.True(window.TryTake(Ask.Monday, 2));
    }

    [Fact]
    public void Nothing_negative_is_taken()
    {
        var window = new SlidingWindow(Hour, 10);
        Assert.True(window.TryTake(Ask.Monday, 10));
        Assert.False(window.TryTake(Ask.Monday, -5));
        Assert.Equal(0, window.Remaining(Ask.Monday));
    }

    [Fact]
    public void There_is_room_again_when_it_says_so_and_not_before()
    {
        var window = new SlidingWindow(Hour, 3);
        Assert.True(window.TryTake(Ask.Monday, 2));
        Assert.True(window.TryTake(Ask.Monday.AddMinutes(10), 1));
        var now = Ask.Monday.AddMinutes(20);
        var room = window.RoomAt(now, 1)!.Value;
        Assert.InRange(room, Ask.Monday + Hour, Ask.Monday + Hour + TimeSpan.FromMinutes(2));
        Assert.Equal(window.EmptyAt, window.RoomAt(now, 3));
        Assert.Null(window.RoomAt(now, 4));
        Assert.False(window.TryTake(room.AddTicks(-1), 1));
        Assert.True(window.TryTake(room, 2));
        Assert.Equal(room, window.RoomAt(room, 0));
    }

    [Fact]
    public void A_lowered_maximum_leaves_nothing_and_not_less()
    {
        var window = new SlidingWindow(Hour, 10);
        Assert.True(window.TryTake(Ask.Monday, 10));
        var lower = SlidingWindow.Read(window.ToString(), Hour, 4);
        Assert.Equal(0, lower.Remaining(Ask.Monday));
        Assert.False(lower.TryTake(Ask.Monday, 1));
    }

    [Fact]
    public void A_clock_that_goes_back_gives_nothing_back()
    {
        var window = new SlidingWindow(Hour, 1);
        Assert.True(window.TryTake(Ask.Monday, 1));
        Assert.False(window.TryTake(Ask.Monday.AddDays(-1), 1));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("1:")]
    [InlineData("1:-5")]
    [InlineData("-1:5")]
    [InlineData("1:1e5")]
    public void A_damaged_state_is_not_taken_for_an_empty_one(string state) =>
        Assert.ThrowsAny<FormatException>(() => SlidingWindow.Read(state, Hour, 10));

    [Fact]
    public void A_full_window_is_written_in_a_few_hundred_characters_and_read_back()
    {
        var window = new SlidingWindow(Hour, 1_000_000);
        for (var second = 0; second < 7200; second += 7)
            Assert.True(window.TryTake(Ask.Monday.AddSeconds(second), 1.25m));
        var state = window.ToString();
        Assert.InRange(state.Length, 60, 700);
        var copy = SlidingWindow.Read(state, Hour, 1_000_000);
        Assert.Equal((state, window.EmptyAt), (copy.ToString(), copy.EmptyAt));
        foreach (var minutes in new[] { 120, 150, 181 })
            Assert.Equal(window.Remaining(Ask.Monday.AddMinutes(minutes)), copy.Remaining(Ask.Monday.AddMinutes(minutes)));
    }

    /// <summary>The oracle remembers every moment, and counts every span anew.</summary>
    [Fact]
    public void No_span_of_the_windows_length_ever_holds_more_and_room_in_a_span_little_longer_is_given() =>
        Prop.ForAll<(ushort Wait, byte Amount)[], byte, ushort>((steps, most, seconds) =>
        {
            var (length, max) = (TimeSpan.FromSeconds((seconds % 1000) + 1), (most % 20) + 1);
            var slice = TimeSpan.FromTicks((length.Ticks / 60) + 1);
            var taken = new List<(DateTimeOffset At, int Amount)>();
            var (state, now) = ("", Ask.Monday.AddTicks(seconds));
            foreach (var (wait, drawn) in steps)
            {
                now += TimeSpan.FromTicks(length.Ticks * (wait % 120) / 100 * (drawn & 1)); // half of them at the same moment
                var amount = (drawn >> 1) % 4;
                var window = SlidingWindow.Read(state, length, max);
                var took = window.TryTake(now, amount);
                state = window.ToString();
                var before = taken.Where(take => take.At >= now - length - slice).Sum(take => take.Amount);
                if (took)
                    taken.Add((now, amount));
                else
                    Assert.True(before + amount > max, "It refused although there was room.");
            }

            return taken.All(begin => taken.Where(take => take.At >= begin.At && take.At <= begin.At + length).Sum(take => take.Amount) <= max);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(120));
}
