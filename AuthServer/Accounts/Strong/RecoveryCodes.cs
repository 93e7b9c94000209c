using System.Security.Cryptography;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Accounts.Strong;

/// <summary>How recovery codes look: 80 random bits each, which nobody guesses, so that a fast hash of them is enough.</summary>
public static class RecoveryCodes
{
    /// <summary>How many a person is given at once.</summary>
    public const int Count = 10;

    /// <summary>From here on a person is told that they are few.</summary>
    public const int Few = 3;

    private const int Length = 16;

    // Crockford's: no letter that could be a digit.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>Ten new ones, as a person reads them.</summary>
    public static IReadOnlyList<string> New() => [.. Enumerable.Range(0, Count).Select(_ => Shown(RandomNumberGenerator.GetString(Alphabet, Length)))];

    public static string HashOf(string shown) => Handle.ReferenceId(Read(shown)!);

    /// <summary>What somebody typed, without what they may add, leave out or mistake; null: it is no recovery code.</summary>
    public static string? Read(string typed)
    {
        if (typed.Length > 4 * Length)
        {
            return null;
        }

        var code = new string([.. typed.ToLowerInvariant().Where(c => c is not ('-' or ' ')).Select(c => c switch { 'o' => '0', 'i' or 'l' => '1', _ => c })]);
        return code.Length == Length && code.All(Alphabet.Contains) ? code : null;
    }

    private static string Shown(string code) => string.Join('-', code.Chunk(4).Select(part => new string(part)));
}
