using AuthServer.Data;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>Takes back what an account holds at its provider, and what attempts to link it hold that nobody confirmed yet. What the provider does not hear now is stored in the
/// commit that removes the account's tokens, and tried again.</summary>
public sealed class AccountEndings(GrantRevocations revocations, GrantEndings endings, SealedTokens tokens)
{
    /// <param name="context">What is on its way for the account is taken out of it, and what is still to be done is added to it; the caller saves.</param>
    /// <param name="before">What came of it the last time, where somebody changed the account before it was saved; null: this is the first time.</param>
    public async Task<AccountEnd> EndAsync(AuthDbContext context, ConnectedAccount row, Connection connection, AccountEnd? before)
    {
        // Whoever refreshed it meanwhile got tokens that were not taken back with the old ones.
        var held = tokens.Open(row.Tokens, row.TokensPlace);
        var end = before is not null && before.Of == row.Tokens ? before.End
            : await revocations.EndAsync(connection, held, row.ProviderAccount, row.Id, null, CancellationToken.None);
        if (end == GrantEnd.Failed && await endings.OfAsync(connection, row.Id, held, CancellationToken.None) is { } later)
        {
            context.GrantEndings.Add(later);
        }

        var links = await context.AccountLinks
            .Where(link => link.ConnectionId == row.ConnectionId && link.IdentifierType == row.IdentifierType && link.Identifier == row.Identifier).ToListAsync(CancellationToken.None);
        var waiting = await endings.OfLinksAsync(context, links, rows => rows.Where(other => other.Id != row.Id), CancellationToken.None);
        context.GrantEndings.AddRange(waiting);
        context.AccountLinks.RemoveRange(links);
        return new AccountEnd(end, row.Tokens, links.Count, waiting.Count);
    }
}

/// <param name="End">Of the account's own grant.</param>
/// <param name="Of">The sealed tokens that it was of.</param>
/// <param name="Links">How many attempts at the account ended with it.</param>
/// <param name="Waiting">Of how many of them something was granted.</param>
public sealed record AccountEnd(GrantEnd End, string? Of, int Links, int Waiting)
{
    /// <summary>What whoever asked for it is told.</summary>
    public GrantEnd Told => End == GrantEnd.None && Waiting > 0 ? GrantEnd.Queued : End;

    public override string ToString() => "AccountEnd (redacted)";
}
