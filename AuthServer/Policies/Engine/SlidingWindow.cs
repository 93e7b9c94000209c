using System.Globalization;
using System.Text;

namespace AuthServer.Policies.Engine;

/// <summary>How much was taken lately from one limit. Time is cut into slices of a sixtieth of the window, and a slice that the window only
/// touches counts whole: at most a slice too strict, never too generous. Not thread-safe.</summary>
/// <param name="max">The most that any span of this length, wherever it begins, may hold.</param>
public sealed class SlidingWindow(TimeSpan length, decimal max)
{
    private const int Slices = 60;

    private readonly long _slice = (length.Ticks + Slices - 1) / Slices;
    private readonly List<Slice> _taken = []; // oldest first

    /// <summary>When nothing of what was taken counts any more; null: nothing is taken.</summary>
    public DateTimeOffset? EmptyAt => _taken.Count == 0 ? null : LeavesAt(_taken[^1]);

    private decimal Taken => _taken.Sum(slice => slice.Amount);

    /// <param name="state">What <see cref="ToString"/> wrote of a window of the same length; null: nothing is taken.</param>
    /// <exception cref="FormatException">It is damaged: nobody knows what is left.</exception>
    public static SlidingWindow Read(string? state, TimeSpan length, decimal max)
    {
        var window = new SlidingWindow(length, max);
        var number = 0L;
        foreach (var pair in (state ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                throw new FormatException("The state of a limit is not readable.");
            }

            number += long.Parse(pair.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture);
            window._taken.Add(new Slice(number, decimal.Parse(pair.AsSpan(colon + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)));
        }

        return window;
    }

    /// <summary>Takes the amount if there is room for it.</summary>
    public bool TryTake(DateTimeOffset now, decimal amount)
    {
        if (!HasRoom(now, amount))
        {
            return false;
        }

        var number = Pass(now);
        if (_taken.Count > 0 && _taken[^1].Number == number)
        {
            _taken[^1] = new Slice(number, _taken[^1].Amount + amount);
        }
        else
        {
            _taken.Add(new Slice(number, amount));
        }

        return true;
    }

    public bool HasRoom(DateTimeOffset now, decimal amount)
    {
        Pass(now);
        return amount >= 0 && amount <= max - Taken;
    }

    public RateLeft Left(DateTimeOffset now)
    {
        var remaining = (long)Remaining(now);
        return new((long)max, remaining, _taken.Count == 0 ? now : LeavesAt(_taken[0]));
    }

    public decimal Remaining(DateTimeOffset now)
    {
        Pass(now);
        return Math.Max(0, max - Taken);
    }

    /// <summary>When the amount fits, if nobody takes any before: now, later, or (null) never.</summary>
    public DateTimeOffset? RoomAt(DateTimeOffset now, decimal amount)
    {
        Pass(now);
        var room = max - Taken;
        if (amount <= room)
        {
            return now;
        }

        foreach (var slice in _taken)
        {
            room += slice.Amount;
            if (amount <= room)
            {
                return LeavesAt(slice);
            }
        }

        return null;
    }

    /// <summary>Pairs of a slice's number, counted from the one before, and its amount.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var last = 0L;
        foreach (var (number, amount) in _taken)
        {
            text.Append(CultureInfo.InvariantCulture, $"{number - last}:{amount} ");
            last = number;
        }

        return text.ToString().TrimEnd();
    }

    // Forgets what no window that ends now or later can touch. A clock that went back stands still until it has caught up.
    private long Pass(DateTimeOffset now)
    {
        var number = now.UtcTicks / _slice;
        if (_taken.Count > 0)
        {
            number = Math.Max(number, _taken[^1].Number);
        }

        _taken.RemoveAll(slice => slice.Number < number - Slices);
        return number;
    }

    private DateTimeOffset LeavesAt(Slice slice) => new((slice.Number + Slices + 1) * _slice, TimeSpan.Zero);

    private readonly record struct Slice(long Number, decimal Amount);
}
