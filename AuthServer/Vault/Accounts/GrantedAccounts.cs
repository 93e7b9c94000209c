using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What a provider granted becomes an account: whose it is there, whether all that is required was granted, whether its owner is the one who came back.</summary>
public sealed class GrantedAccounts(
    IDbContextFactory<AuthDbContext> contexts,
    AccountLinkChanges changes,
    LinkOutcomes outcomes,
    AccountAdoption adoption,
    GrantRevocations revocations,
    GrantEndings endings,
    ProviderInquiries inquiries,
    SealedTokens tokens,
    IAuditTrail trail,
    TimeProvider clock)
{
    /// <param name="isOwner">The owner is a person of ours, and is the one who is signed in.</param>
    public async Task<Returned> TakeAsync(HttpContext http, OpenLink open, ProviderApp app, TokenOutcome outcome, IReadOnlyList<string> asked, bool isOwner)
    {
        var (link, connection) = (open.Link, open.Connection);
        var (identity, brought, fault) = await inquiries.IdentifyAsync(app, outcome);
        (link.ProviderAccount, link.ProviderName) = (identity.Key, identity.Name);
        link.Tokens = tokens.Seal(brought, link.TokensPlace);
        fault ??= ScopeGrants.Missing(app.OAuth, ConnectedAccountItem.ListOf(link.Scopes)!, brought.Scopes).Count > 0 ? ProviderFaults.ScopeMissing : await RefuseAsync(link);
        if (fault is not null)
        {
            await GiveBackAsync(http, open, brought);
            return await outcomes.FailAsync(http, link, connection, fault, CancellationToken.None);
        }

        return brought.Offered is null ? await FinishAsync(http, open, brought, asked, isOwner)
            : await changes.TryOfferAsync(link, clock.GetStoredNow() + AccountLinks.Lifetime, CancellationToken.None) ? new Returned(link, null, null)
            : await TooLateAsync(http, open, brought);
    }

    /// <summary>All is known of it that has to be.</summary>
    public async Task<Returned> FinishAsync(HttpContext http, OpenLink open, TokenSet brought, IReadOnlyList<string> asked, bool isOwner)
    {
        var (link, connection) = (open.Link, open.Connection);

        // The customer's backend confirms it. Where nothing leads back there, the owner's own session needs no other word, and anybody else takes the code there themselves.
        var waits = connection.ReturnCheck == ReturnCheck.App && (link.RedirectUri is not null || !isOwner);
        if (waits)
        {
            var code = outcomes.Code(link);
            var why = AccountEvents.Of(AccountEvents.Returned, http, link, connection.ProviderId, null, clock.GetStoredNow());
            return await changes.TryWaitAsync(link, ProviderFaults.NotVerified.Code, why, CancellationToken.None)
                ? LinkOutcomes.Succeed(link, connection, code)
                : await TooLateAsync(http, open, brought);
        }

        // The check may have been made stricter while its person was away.
        var fault = !isOwner && connection.ReturnCheck != ReturnCheck.None ? ProviderFaults.NotVerified
            : await adoption.AdoptAsync(http, open, brought, asked, isVerified: isOwner && connection.ReturnCheck != ReturnCheck.None);
        if (fault is not null)
        {
            await GiveBackAsync(http, open, brought);
            return await outcomes.FailAsync(http, link, connection, fault, CancellationToken.None);
        }

        return LinkOutcomes.Succeed(link, connection, code: null);
    }

    /// <summary>What nobody keeps is taken back at the provider, unless an account here lives by it.</summary>
    public async Task GiveBackAsync(HttpContext http, OpenLink open, TokenSet brought)
    {
        var end = await revocations.EndAsync(open.Connection, brought, open.Link.ProviderAccount, null, open.Link.Id, CancellationToken.None);
        switch (end)
        {
            case GrantEnd.Revoked:
                var why = AccountEvents.Of(AccountEvents.Revoked, http, open.Link, open.Connection.ProviderId, null, clock.GetStoredNow()) with { Reason = "not_kept" };
                await trail.AppendAsync(why, CancellationToken.None);
                break;
            case GrantEnd.Failed:
                await endings.AddAsync(open.Connection, open.Link.Id, brought, CancellationToken.None);
                break;
        }
    }

    /// <summary>The attempt was ended while its person was on the way back.</summary>
    private async Task<Returned> TooLateAsync(HttpContext http, OpenLink open, TokenSet brought)
    {
        await GiveBackAsync(http, open, brought);
        return new Returned(open.Link, null, LinkFaults.StateReplayed);
    }

    /// <summary>Another account there does not take the place of this one's, unless that is what the link is for.</summary>
    private async Task<ProviderFault?> RefuseAsync(AccountLink link)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        var known = await context.ConnectedAccounts.AsNoTracking()
            .Where(row => row.ConnectionId == link.ConnectionId && row.IdentifierType == link.IdentifierType && row.Identifier == link.Identifier)
            .Select(row => row.ProviderAccount).FirstOrDefaultAsync(CancellationToken.None);
        return known is not null && known != link.ProviderAccount && !link.Replaces ? ProviderFaults.IdentityMismatch : null;
    }
}
