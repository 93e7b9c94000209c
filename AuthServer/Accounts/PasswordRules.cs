using Microsoft.AspNetCore.Identity;

namespace AuthServer.Accounts;

/// <summary>Which passwords are good enough: long, and not among the first that anybody would try. No composition rules (NIST SP 800-63B §3.1.1).</summary>
public sealed class PasswordRules : IPasswordValidator<User>
{
    public const int Shortest = 12;
    public const int Longest = 256;

    // What a guesser on a thousand machines cannot get through at the price of our hash; twelve random letters have 56.
    private const double EnoughBits = 36;

    /// <summary>Why it is refused, in a sentence for the person; null when it is good.</summary>
    public static string? Refuse(string password, string? email, string? name)
    {
        var length = password.EnumerateRunes().Count();
        if (length < Shortest)
        {
            return $"Use at least {Shortest} characters.";
        }

        if (length > Longest)
        {
            return $"Use at most {Longest} characters.";
        }

        return PasswordGuess.Bits(password, OwnWords(email, name)) < EnoughBits
            ? "This password is too easy to guess: a common word, your own name or a pattern. Try a few unrelated words."
            : null;
    }

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) =>
        Task.FromResult(Refuse(password ?? "", user.Email, user.Name) is { } reason
            ? IdentityResult.Failed(new IdentityError { Code = "PasswordRefused", Description = reason })
            : IdentityResult.Success);

    private static IEnumerable<string> OwnWords(string? email, string? name)
    {
        char[] separators = [' ', '.', '-', '_', '+', '@'];
        string[] whole = [email ?? "", EmailAddress.LocalPart(email ?? ""), name ?? "", (name ?? "").Replace(" ", "", StringComparison.Ordinal)];
        return whole
            .Concat(whole.SelectMany(text => text.Split(separators, StringSplitOptions.RemoveEmptyEntries)))
            .Where(word => word.Length >= 3);
    }
}
