using AuthServer.Data;
using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Refresh;

/// <summary>Asks a provider for new tokens.</summary>
internal sealed class RefreshCall(ProviderApps apps, OutboundRequests requests, TimeProvider clock)
{
    /// <summary>What is to be sent, or why nothing can be.</summary>
    public async Task<(PreparedRefresh? Prepared, ProviderFault? Fault)> PrepareAsync(ReadAccount read, string refreshToken, CancellationToken ct)
    {
        var (app, fault) = await apps.OpenAsync(read.Connection, ct);
        return app is null ? (null, fault)
            : TokenCalls.Refresh(app, refreshToken) is { } request ? (new PreparedRefresh(app, request), null)
            : (null, ProviderFaults.FieldMissing);
    }

    /// <summary>Nobody can call it off: an answer may hold the only token that is good.</summary>
    public async Task<RefreshAnswer> SendAsync(PreparedRefresh prepared, TokenSet before)
    {
        // Expiry counts from here, by our own clock: whatever the answer took, and whatever the provider's clock shows.
        var sentAt = clock.GetStoredNow();
        var answer = await requests.SendAsync(prepared.Request, CancellationToken.None);
        var read = TokenReading.Read(prepared.App, answer, sentAt, null, before);
        var isLost = IsLost(answer, read);
        return new RefreshAnswer(read.Tokens, isLost && !prepared.StaysGood ? ProviderFaults.Uncertain : read.Fault, isLost);
    }

    /// <summary>Whether it may have been done, and nobody can read what it brought.</summary>
    public static bool IsLost(OutboundResult answer, TokenOutcome read) => read.Tokens is null && answer.WasSent && answer.Status is 0 or (>= 200 and < 300)
        && (answer.Failure is not null || read.Fault!.Code == ProviderFaults.Malformed.Code);
}

internal sealed record PreparedRefresh(ProviderApp App, OutboundCall Request)
{
    public RefreshRules Rules => App.OAuth.Refresh;

    /// <summary>Whether a refresh token that was used is still good.</summary>
    public bool StaysGood => Rules.Rotation is RefreshRotation.None or RefreshRotation.Rolling;

    public override string ToString() => "PreparedRefresh (redacted)";
}

/// <param name="IsLost">Whether it may have been done, and nobody can read what it brought.</param>
internal sealed record RefreshAnswer(TokenSet? Tokens, ProviderFault? Fault, bool IsLost)
{
    public override string ToString() => "RefreshAnswer (redacted)";
}
