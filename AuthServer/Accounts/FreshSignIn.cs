using AuthServer.Http.Api;

namespace AuthServer.Accounts;

/// <summary>What cannot be undone takes a person who has just shown that they are there.</summary>
public static class FreshSignIn
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static bool IsYoung(DateTimeOffset at, DateTimeOffset now) => now - at < Longest;

    /// <summary>The problem of a person whose sign-in is older than five minutes.</summary>
    public static Problem? Missing(Person person, DateTimeOffset now) => IsYoung(person.AuthTime, now)
        ? null
        : Problem.Forbidden("sign_in_again", "This takes a sign-in that is younger than five minutes. Sign in again, and repeat it.");
}
