using System.Collections.Frozen;

namespace AuthServer.Accounts;

/// <summary>How many bits a guesser needs who knows people's habits: a password is cut into the cheapest pieces of common words,
/// keyboard runs, sequences, repetitions and single characters.</summary>
internal static class PasswordGuess
{
    private const double OwnWord = 2;
    private const double CommonWord = 9;
    private const double Run = 5;
    private const double Repeat = 3;
    private const double Year = 6;
    private const double Digit = 3.3;
    private const double Letter = 4.7;
    private const double Other = 5.5;

    private const int ShortestRun = 3;

    private static readonly FrozenSet<string> Words;
    private static readonly string[] Runs;
    private static readonly int LongestWord;

    static PasswordGuess()
    {
        using var stream = typeof(PasswordGuess).Assembly.GetManifestResourceStream("AuthServer.Accounts.common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var rows = lines.Where(line => line.StartsWith('~')).Select(line => line[1..]).ToArray();
        Runs = [.. rows, .. rows.Select(row => new string([.. row.Reverse()]))];
        Words = lines.Where(line => line[0] is not '~' and not '#').SelectMany(line => line.Split(' ')).ToFrozenSet(StringComparer.Ordinal);
        LongestWord = Words.Max(word => word.Length);
    }

    /// <param name="own">The person's own names, which a guesser tries first.</param>
    public static double Bits(string password, IEnumerable<string> own)
    {
        var plain = password.ToLowerInvariant();
        var read = Unmask(plain);
        var names = own.Select(name => name.ToLowerInvariant()).SelectMany(name => new[] { name, Unmask(name) }).ToHashSet(StringComparer.Ordinal);
        var longest = Math.Max(LongestWord, names.Count == 0 ? 0 : names.Max(name => name.Length));

        // The cheapest way to reach each position.
        var best = new double[plain.Length + 1];
        Array.Fill(best, double.MaxValue, 1, plain.Length);
        for (var start = 0; start < plain.Length; start++)
        {
            Reach(best, start + 1, best[start] + Single(plain[start]));
            for (var length = 2; length <= longest && start + length <= plain.Length; length++)
            {
                Reach(best, start + length, best[start] + Word(plain.Substring(start, length), read.Substring(start, length), names));
            }

            for (var length = ShortestRun; start + length <= plain.Length && IsRun(plain, start, length); length++)
            {
                Reach(best, start + length, best[start] + Run);
            }

            ReachRepeats(best, plain, start);
        }

        return best[^1];
    }

    private static void Reach(double[] best, int position, double bits) => best[position] = Math.Min(best[position], bits);

    private static double Single(char c) => char.IsAsciiDigit(c) ? Digit : char.IsAsciiLetter(c) ? Letter : Other;

    private static double Word(string plain, string read, HashSet<string> own) =>
        own.Contains(plain) || own.Contains(read) ? OwnWord
        : Words.Contains(plain) || Words.Contains(read) ? CommonWord
        : plain.Length == 4 && (plain.StartsWith("19", StringComparison.Ordinal) || plain.StartsWith("20", StringComparison.Ordinal)) && plain.All(char.IsAsciiDigit) ? Year
        : double.PositiveInfinity;

    private static bool IsRun(string text, int start, int length) =>
        Runs.Any(row => row.AsSpan().IndexOf(text.AsSpan(start, length), StringComparison.Ordinal) >= 0);

    /// <summary>What has just been said, said again, costs next to nothing.</summary>
    private static void ReachRepeats(double[] best, string text, int start)
    {
        for (var unit = 1; unit <= start; unit++)
        {
            var end = start;
            while (end + unit <= text.Length && text.AsSpan(end, unit).SequenceEqual(text.AsSpan(start - unit, unit)))
            {
                end += unit;
                Reach(best, end, best[start] + Repeat);
            }
        }
    }

    /// <summary>Takes back the usual disguises.</summary>
    private static string Unmask(string text) => string.Create(text.Length, text, static (span, text) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = text[i] switch
            {
                '0' => 'o',
                '1' or '!' or '|' => 'i',
                '3' or '€' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' or '+' => 't',
                '8' => 'b',
                '9' => 'g',
                var c => c,
            };
        }
    });
}
