using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What a customer's backend sends when its user comes back with our code.</summary>
public sealed class ExchangeRequest
{
    public string? Code { get; set; }

    /// <summary>The provider, or the family of it.</summary>
    public string? Provider { get; set; }

    /// <summary>The return URL that the code came to; none where a page of this server showed it.</summary>
    public string? RedirectUri { get; set; }

    /// <summary>Whose account it has to be, by your own name: who is signed in with you. Required where the link was begun by an address that anybody can write, or by your API without a state, and where
    /// a person brought the code.</summary>
    public string? IdentifierId { get; set; }

    public override string ToString() => "ExchangeRequest (redacted)";
}

/// <param name="Scopes">Granted, by their short names; absent: the provider does not say.</param>
/// <param name="ExpiresAt">When the access token expires; it is renewed before.</param>
/// <param name="IdentifierId">Whose account it is.</param>
public sealed record ExchangeAnswer(bool Success, string Provider, IReadOnlyList<string>? Scopes, DateTimeOffset? ExpiresAt, string IdentifierId, string ConnectedAccountId);

/// <summary>Redeems our own codes: the organization's backend says that its user is the one who came back, and the account becomes active.</summary>
public sealed class AccountExchange(
    IDbContextFactory<AuthDbContext> contexts, AccountLinkChanges changes, LinkOutcomes outcomes, GrantedAccounts granted, AccountAdoption adoption, SealedTokens tokens, TimeProvider clock)
{
    private const int LongestCode = 100;

    /// <summary>One answer for a code that is unknown, used, over or another organization's.</summary>
    private static Problem NotGood { get; } = Problem.Malformed("invalid_code", "The code is unknown, used or expired.");

    public async Task<Answer<ExchangeAnswer>> RedeemAsync(HttpContext http, Developer developer, ExchangeRequest asked, CancellationToken ct)
    {
        var faults = new Faults();
        faults.Add("code", asked.Code is null or { Length: 0 or > LongestCode } ? "Give the code that your return URL was sent, or that your user was shown." : null);
        faults.Add("provider", string.IsNullOrEmpty(asked.Provider) ? "Name the provider." : null);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        if (await FindAsync(developer, asked.Code!, ct) is not { } open)
        {
            return NotGood with { Reason = "invalid_code" };
        }

        // A check that fails does not use the code up.
        if ((ConnectedAccounts.Uses(developer, open.Connection) ? AccountLinks.Unusable(open.Connection) ?? Refuse(open, asked) : ConnectedAccounts.NotUsable) is { } refused)
        {
            return refused;
        }

        if (!await changes.TryRedeemAsync(open.Link.Id, open.Link.CodeHash!, ct))
        {
            return NotGood with { Reason = "invalid_code" };
        }

        return await AdoptAsync(http, open);
    }

    private async Task<OpenLink?> FindAsync(Developer developer, string code, CancellationToken ct)
    {
        var (hash, now) = (Handle.ReferenceId(code), clock.GetUtcNow());
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.AccountLinks.AsNoTracking()
            .FirstOrDefaultAsync(row => row.CodeHash == hash && row.OrganizationId == developer.OrganizationId && row.Stage == LinkStage.Waiting && row.ExpiresAt > now, ct) is { } link
            && await outcomes.DescribeAsync(context, link, ct) is { } open && ConnectedAccounts.Sees(developer, open.Connection)
            ? open
            : null;
    }

    private static Problem? Refuse(OpenLink open, ExchangeRequest asked) =>
        !ConnectedAccounts.IsOf(open.Connection.ProviderId, open.Provider, asked.Provider!) ? Problem.Malformed("provider_mismatch", "The code is another provider's.") with { Reason = "provider_mismatch" }
        : (asked.RedirectUri ?? "") != (open.Link.RedirectUri ?? "") ? Problem.Malformed("redirect_uri_mismatch", "The code came to another return URL.") with { Reason = "redirect_uri_mismatch" }

        // Else whoever wrote the link decides whose account it becomes, and whoever was sent there by them connects theirs (a forged sign-in).
        : asked.IdentifierId is null && !IsBound(open.Link) ? Problem.Malformed("identifier_missing", "Say in identifierId who is signed in with you: nobody else vouches that the link was theirs.")
        : asked.IdentifierId is not null && asked.IdentifierId != open.Link.Identifier ? Problem.Malformed("identifier_mismatch", "The code is for another user's account.") with { Reason = "identifier_mismatch" }
        : null;

    /// <summary>Its owner was signed in here, or the customer's own state came back with it: a code that a person brings has none.</summary>
    private static bool IsBound(AccountLink link) => link.UserId is not null || link is { Origin: LinkOrigin.Api, ClientState: not null, RedirectUri: not null };

    private async Task<Answer<ExchangeAnswer>> AdoptAsync(HttpContext http, OpenLink open)
    {
        var (link, connection) = (open.Link, open.Connection);
        if (open.Provider.Oauth is not { } oauth || tokens.Open(link.Tokens, link.TokensPlace) is not { } brought)
        {
            await outcomes.FailAsync(http, link, connection, ProviderFaults.Sealed, CancellationToken.None);
            return NotGood;
        }

        var asked = ScopeGrants.Asked(oauth, [.. ConnectedAccountItem.ListOf(link.Scopes)!, .. ConnectedAccountItem.ListOf(link.OptionalScopes)!]);
        if (await adoption.AdoptAsync(http, open, brought, asked, isVerified: true, byBackend: true) is { } fault)
        {
            await granted.GiveBackAsync(http, open, brought);
            await outcomes.FailAsync(http, link, connection, fault, CancellationToken.None);
            return Problem.Conflict(fault.Code, $"{fault.Words} {fault.NextStep}");
        }

        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        var account = await context.ConnectedAccounts.AsNoTracking()
            .FirstAsync(row => row.ConnectionId == link.ConnectionId && row.IdentifierType == link.IdentifierType && row.Identifier == link.Identifier, CancellationToken.None);
        return new ExchangeAnswer(
            true, open.Provider.Family ?? open.Provider.Id, brought.Scopes?.Select(scope => oauth.Scopes.Shortened(scope)).ToList(), account.AccessExpiresAt, account.Identifier, account.Id);
    }
}
