using AuthServer.Data;

namespace AuthServer.Vault.Accounts;

/// <summary>Empties the vaults of closed organizations a piece at a time, however many accounts there are. A piece is one commit: its accounts go, and what is to be done at their
/// providers is on the list. Whoever dies in between has lost nothing; the next round goes on.</summary>
public sealed class ClosedVaults(ClosedVaultChanges changes, GrantEndings endings, TimeProvider clock)
{
    /// <summary>Accounts that go in one commit.</summary>
    public const int Piece = 200;

    private const int MostAtOnce = 10;

    // Whoever took one and died has not lost it.
    private static readonly TimeSpan Taken = TimeSpan.FromMinutes(5);

    public async Task RoundAsync(CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        foreach (var organizationId in await changes.ClaimAsync(now, now + Taken, MostAtOnce, ct))
        {
            while (await TakePieceAsync(organizationId, ct))
            {
            }

            await changes.EndAsync(organizationId, clock.GetStoredNow(), CancellationToken.None);
        }
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> TakePieceAsync(string organizationId, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        var (accounts, prepared) = await endings.OfClosedAsync(organizationId, now, Piece, ct);
        var gone = accounts.Count == 0 ? 0 : await changes.RemoveAsync(accounts, prepared, now, CancellationToken.None);
        return gone > 0 && accounts.Count == Piece && await changes.HoldAsync(organizationId, now + Taken, ct);
    }
}
