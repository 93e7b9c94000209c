namespace AuthServer.Tests.Support;

/// <summary>Time that passes only when a test says so. Timers fire inside <see cref="Advance"/>, each at its own moment; one whose period passes many
/// times meanwhile fires at the first and at the last, as after a machine's sleep.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ClockTimer> _timers = [];
    private DateTimeOffset _now = start;

    public TestClock()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
                return _now;
        }
    }

    /// <summary>How many timers wait: what was started may not have come as far yet.</summary>
    public int Timers
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    /// <summary>Whether somebody waits once, and no longer than that.</summary>
    public bool HasWait(TimeSpan most)
    {
        lock (_lock)
            return _timers.Any(timer => timer.Period <= TimeSpan.Zero && timer.Due - _now <= most);
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;

    public void Advance(TimeSpan by) => AdvanceTo(Now + by);

    public void AdvanceTo(DateTimeOffset moment)
    {
        while (NextDue(moment) is { } timer)
            timer.Fire();
        lock (_lock)
            _now = moment > _now ? moment : _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ClockTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    // Moves to the earliest timer's moment and takes it off, or puts it at its next one.
    private ClockTimer? NextDue(DateTimeOffset moment)
    {
        lock (_lock)
        {
            var timer = _timers.Where(timer => timer.Due <= moment).MinBy(timer => timer.Due);
            if (timer is null)
                return null;
            _now = timer.Due > _now ? timer.Due : _now;
            if (timer.Period > TimeSpan.Zero)
                timer.Due += timer.Period * Math.Max(1, (moment - timer.Due).Ticks / timer.Period.Ticks);
            else
                _timers.Remove(timer);
            return timer;
        }
    }

    private sealed class ClockTimer(TestClock clock, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                (Due, Period) = (clock._now + dueTime, period);
                clock._timers.Add(this);
                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
