namespace AuthServer.Data;

/// <summary>Times as SQLite holds them: <c>2026-01-02 03:04:05.1234567</c>, UTC, as many digits of the fraction as it needs.</summary>
internal static class SqliteInstant
{
    private const int Seconds = 19;
    private const int Longest = 27;

    /// <summary>The first moment of all for what is no such time.</summary>
    public static DateTime Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length is < Seconds or > Longest || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':'
            || !(text.Length == Seconds || text[Seconds] == '.'))
        {
            return default;
        }

        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        var (hour, minute, second) = (Number(text[11..13]), Number(text[14..16]), Number(text[17..19]));
        var ticks = text.Length == Seconds ? 0 : Fraction(text[(Seconds + 1)..]);
        return year is >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60 && ticks >= 0
                ? new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddTicks(ticks)
                : default;
    }

    private static int Fraction(ReadOnlySpan<byte> digits)
    {
        var number = digits.IsEmpty ? -1 : Number(digits);
        for (var i = digits.Length; number > 0 && i < 7; i++)
        {
            number *= 10;
        }

        return number;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            number = (number * 10) + (digit - '0');
        }

        return number;
    }
}
