using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Refresh;

/// <summary>When tokens are refreshed: pure, but for the chance that keeps accounts from coming all at once.</summary>
public static class RefreshTimes
{
    /// <summary>How long an account counts as used: as long as it does, its tokens are renewed ahead of their end.</summary>
    public static readonly TimeSpan Used = TimeSpan.FromDays(1);

    private static readonly TimeSpan LongestBuffer = TimeSpan.FromMinutes(5);

    // A refresh token that nobody uses is tried this often: that it is dead is better known before it is needed.
    private static readonly TimeSpan LongestRest = TimeSpan.FromDays(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Since when an account has the tokens that it has.</summary>
    public static DateTimeOffset Since(ConnectedAccount account)
    {
        var linked = account.ConnectedAt ?? account.CreatedAt;
        return account.LastRefreshedAt > linked ? account.LastRefreshedAt.Value : linked;
    }

    /// <summary>When an access token is to be renewed; null: it has no end that is known.</summary>
    /// <param name="since">Since when it lives.</param>
    public static DateTimeOffset? DueAt(DateTimeOffset? expiresAt, DateTimeOffset since, ConnectionSettings settings)
    {
        if (expiresAt is not { } end)
        {
            return null;
        }

        // Some providers refuse to renew what is young, and a buffer longer than the life would renew at every call.
        var life = end - since > TimeSpan.Zero ? end - since : TimeSpan.Zero;
        var buffer = settings.RefreshBuffer is { } seconds ? TimeSpan.FromSeconds(seconds) : Lesser(LongestBuffer, life / 5);
        return end - Lesser(buffer, life / 2);
    }

    /// <summary>When the engine is to look at an account whose tokens are new.</summary>
    /// <param name="isUsed">Whether anybody used it lately.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static DateTimeOffset? NextLook(TokenSet tokens, ConnectionSettings settings, RefreshRules rules, bool isUsed, DateTimeOffset now, double chance)
    {
        if (tokens.RefreshToken is null)
        {
            return tokens.ExpiresAt;
        }

        var rest = Lesser(LongestRest, rules.IdleSeconds is { } idle ? TimeSpan.FromSeconds(idle) / 2 : LongestRest);
        var keepAlive = now + (rest * (1 - (chance / 10)));
        var ends = EndOf(tokens);
        return isUsed && settings.AutoRefresh && DueAt(ends, now, settings) is { } due && due < keepAlive
            ? due - ((ends!.Value - due) * chance / 4)
            : keepAlive;
    }

    /// <summary>How long to wait after so many failures in a row.</summary>
    /// <param name="asked">How long the provider asks to wait.</param>
    public static TimeSpan PauseAfter(int failures, TimeSpan? asked, double chance)
    {
        var pause = Lesser(LongestPause, FirstPause * Math.Pow(2, Math.Clamp(failures - 1, 0, 20)));
        pause *= 0.5 + (chance / 2);
        return asked > pause ? Lesser(asked.Value, TimeSpan.FromDays(1)) : pause;
    }

    /// <summary>When the first of its tokens ends that can be renewed; null: none has an end that is known.</summary>
    private static DateTimeOffset? EndOf(TokenSet tokens) =>
        tokens.Secondary is { RefreshToken: not null, ExpiresAt: { } second } && !(tokens.ExpiresAt <= second) ? second : tokens.ExpiresAt;

    private static TimeSpan Lesser(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
