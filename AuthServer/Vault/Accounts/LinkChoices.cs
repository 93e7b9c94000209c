using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>A grant that reaches several instances, and what may be chosen of them.</summary>
/// <param name="Current">What the account works with by now, by the fields' names.</param>
public sealed record LinkChoice(OpenLink Open, IReadOnlyList<OfferedField> Offered, IReadOnlyDictionary<string, string> Current);

/// <summary>On the way back from the provider, whoever granted the access says with which of several instances the account is to work. Nothing is kept before.</summary>
public sealed class LinkChoices(
    IDbContextFactory<AuthDbContext> contexts,
    AccountLinkChanges changes,
    LinkOutcomes outcomes,
    GrantedAccounts granted,
    ProviderApps apps,
    SealedTokens tokens,
    BrowserCookie browser,
    TimeProvider clock)
{
    /// <summary>Null: there is nothing to choose for this browser and this person.</summary>
    public async Task<LinkChoice?> FindAsync(HttpContext http, string? linkId, SignedInPerson? person, CancellationToken ct)
    {
        if (await outcomes.FindAsync(linkId, ct) is not { Link: { Stage: LinkStage.Choosing, BrowserHash: { } hash } link } open
            || link.ExpiresAt <= clock.GetUtcNow() || !browser.Matches(http, hash) || (link.UserId is not null && link.UserId != person?.Subject)
            || tokens.Open(link.Tokens, link.TokensPlace) is not { Offered: { Count: > 0 } offered })
        {
            return null;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var account = await context.ConnectedAccounts.AsNoTracking()
            .FirstOrDefaultAsync(row => row.ConnectionId == link.ConnectionId && row.IdentifierType == link.IdentifierType && row.Identifier == link.Identifier, ct);
        var current = account is null ? null : tokens.Open(account.Tokens, account.TokensPlace)?.Fields;
        return new LinkChoice(open, offered, current ?? new Dictionary<string, string>());
    }

    /// <summary>Null: something was not chosen, or is not among what is offered.</summary>
    /// <param name="chosen">The values, by the fields' names.</param>
    public async Task<Returned?> ChooseAsync(HttpContext http, LinkChoice choice, IReadOnlyDictionary<string, string> chosen, SignedInPerson? person, CancellationToken ct)
    {
        var (link, connection) = (choice.Open.Link, choice.Open.Connection);
        List<(string Field, OfferedValue Value)> values = [];
        foreach (var field in choice.Offered)
        {
            if (field.Values.FirstOrDefault(value => value.Value == chosen.GetValueOrDefault(field.Name)) is not { } value)
            {
                return null;
            }

            values.Add((field.Name, value));
        }

        if (!await changes.TryChooseAsync(link.Id, clock.GetUtcNow(), ct))
        {
            return new Returned(link, null, LinkFaults.StateReplayed);
        }

        link.Stage = LinkStage.Returned;
        var brought = tokens.Open(link.Tokens, link.TokensPlace)!;
        var (app, fault) = await apps.OpenAsync(connection, CancellationToken.None);
        fault ??= choice.Open.IsUnusable ? LinkFaults.Inactive : null;
        if (fault is not null)
        {
            await granted.GiveBackAsync(http, choice.Open, brought);
            return await outcomes.FailAsync(http, link, connection, fault, CancellationToken.None);
        }

        brought = values.Aggregate(brought with { Offered = null }, (known, one) => AccountFields.With(known, one.Field, one.Value));
        link.Tokens = tokens.Seal(brought, link.TokensPlace);
        var asked = ScopeGrants.Asked(app!.OAuth, [.. ConnectedAccountItem.ListOf(link.Scopes)!, .. ConnectedAccountItem.ListOf(link.OptionalScopes)!]);
        return await granted.FinishAsync(http, choice.Open, brought, asked, isOwner: link.UserId is not null && link.UserId == person?.Subject);
    }
}
