using System.Globalization;

namespace AuthServer.Jose;

/// <summary>How ECMAScript writes a binary64 number (ECMA-262 §6.1.6.1.20), which is how RFC 8785 §3.2.2.3 wants it.</summary>
internal static class CanonicalNumber
{
    /// <exception cref="InvalidOperationException">JSON has no such number.</exception>
    public static string Text(double number)
    {
        if (!double.IsFinite(number))
            throw new InvalidOperationException("A number is not finite.");
        if (number == 0)
            return "0"; // "-0" too
        var (digits, point) = Shortest(Math.Abs(number));
        return (number < 0 ? "-" : "") + Text(digits, point);
    }

    // The value is 0.digits times 10 to the power of point.
    private static string Text(string digits, int point) => point switch
    {
        > 21 or <= -6 => Exponential(digits, point - 1),
        <= 0 => "0." + new string('0', -point) + digits,
        _ when point >= digits.Length => digits.PadRight(point, '0'),
        _ => digits[..point] + "." + digits[point..],
    };

    private static string Exponential(string digits, int exponent) => string.Create(
        CultureInfo.InvariantCulture, $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");

    // The framework finds the same shortest digits that read back as the number, but sets the point by other rules.
    private static (string Digits, int Point) Shortest(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        return (significant.TrimEnd('0'), (point < 0 ? mantissa.Length : point) + exponent - (digits.Length - significant.Length));
    }
}
