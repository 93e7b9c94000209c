using System.Collections.Concurrent;

namespace AuthServer.Http;

/// <summary>Counts attempts per key over a sliding minute, so that guessing is slow. Looking is free; only what counts is counted.</summary>
/// <remarks>The framework's limiters run on the machine's own clock; this one runs on the injected one.</remarks>
public sealed class AttemptLimit(int perMinute, TimeProvider clock)
{
    private const int MostKeys = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<string, Attempts> _attempts = new(StringComparer.Ordinal);

    /// <summary>How long this key must wait; zero while it may go on.</summary>
    public TimeSpan WaitFor(string key)
    {
        if (!_attempts.TryGetValue(key, out var attempts))
        {
            return TimeSpan.Zero;
        }

        var now = clock.GetUtcNow();
        return HasRoom(attempts, now) ? TimeSpan.Zero : Rest(attempts, now);
    }

    /// <summary>Counts one attempt; how long to wait if it was one too many.</summary>
    public TimeSpan Count(string key)
    {
        var now = clock.GetUtcNow();
        if (_attempts.Count >= MostKeys)
        {
            Prune(now);
        }

        // Looked at and counted in one step: of many who come at once, no more pass than there is room for.
        while (true)
        {
            if (!_attempts.TryGetValue(key, out var known))
            {
                if (_attempts.TryAdd(key, new Attempts(now, 1, 0)))
                {
                    return TimeSpan.Zero;
                }
            }
            else if (known.Next(now, perMinute) is var next && _attempts.TryUpdate(key, next, known))
            {
                return HasRoom(known, now) ? TimeSpan.Zero : Rest(next, now);
            }
        }
    }

    private TimeSpan Rest(Attempts attempts, DateTimeOffset now) =>
        attempts.Start + (Window * FreeFrom(attempts)) - now is var rest && rest > Least ? rest : Least;

    /// <summary>Whether one more may be tried. What is exactly a minute old counts no longer, so that who waits as long as told is let in.</summary>
    private bool HasRoom(Attempts attempts, DateTimeOffset now) =>
        (attempts.Now < perMinute || now - attempts.Start >= Window) && Weight(attempts, now) <= perMinute;

    /// <summary>The age, in windows, at which there is room again, if nothing is counted meanwhile.</summary>
    private double FreeFrom(Attempts attempts) => attempts.Now >= perMinute
        ? 2 - ((double)perMinute / attempts.Now)
        : 1 - ((double)(perMinute - attempts.Now) / attempts.Before);

    /// <summary>The window before this one counts for the share of it that still lies within a minute.</summary>
    private static double Weight(Attempts attempts, DateTimeOffset now)
    {
        var age = now - attempts.Start;
        if (age < Window)
        {
            return attempts.Now + (attempts.Before * (1 - (age / Window)));
        }

        return age < 2 * Window ? attempts.Now * (2 - (age / Window)) : 0;
    }

    private void Prune(DateTimeOffset now)
    {
        foreach (var (key, attempts) in _attempts)
        {
            if (now - attempts.Start >= 2 * Window)
            {
                _attempts.TryRemove(key, out _);
            }
        }

        // A flood of addresses: forgetting them all is better than growing without end.
        if (_attempts.Count >= MostKeys)
        {
            _attempts.Clear();
        }
    }

    private readonly record struct Attempts(DateTimeOffset Start, int Now, int Before)
    {
        // Beyond the limit nothing is tried, so nothing is counted: who is refused waits a minute, however often they ask meanwhile.
        public Attempts Next(DateTimeOffset now, int most)
        {
            var age = now - Start;
            return age < Window ? this with { Now = Math.Min(Now + 1, most) }
                : age < 2 * Window ? new Attempts(Start + Window, 1, Now)
                : new Attempts(now, 1, 0);
        }
    }
}
