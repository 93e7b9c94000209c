using System.Security.Cryptography;
using System.Text;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Refresh;

/// <summary>What is known of the calls by which an account's present refresh token was sent, and not answered. It is written before each call, so that a death tells as much as a
/// lost answer.</summary>
/// <param name="Of">The refresh token's fingerprint.</param>
/// <param name="At">When it was sent first.</param>
/// <param name="Count">How often.</param>
public sealed record RefreshAttempt(string Of, DateTimeOffset At, int Count)
{
    private const int MostWithinGrace = 2;

    /// <summary>By which a refresh token is known without being stored.</summary>
    public static string Fingerprint(string refreshToken) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(refreshToken)));

    /// <summary>Null: nothing is known of one, so that it is as good as new.</summary>
    public static RefreshAttempt? Known(ConnectedAccount account, string fingerprint) =>
        account.AttemptOf == fingerprint && account.AttemptAt is { } at ? new RefreshAttempt(fingerprint, at, account.Attempts) : null;

    /// <summary>Whether the same refresh token can be sent again without ending anything: it was not spent, or the provider answers once more.</summary>
    public bool MaySendAgain(RefreshRules rules, DateTimeOffset now) =>
        rules.Rotation is RefreshRotation.None or RefreshRotation.Rolling
        || (Count < MostWithinGrace && now - At < TimeSpan.FromSeconds(rules.GraceSeconds));

    public RefreshAttempt Again => this with { Count = Count + 1 };
}
