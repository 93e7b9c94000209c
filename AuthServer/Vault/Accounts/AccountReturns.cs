using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Outbound;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>Somebody comes back from a provider: state, browser and person are checked, the code is redeemed at once, and what it brought is kept before anything else.</summary>
public sealed class AccountReturns(
    IDbContextFactory<AuthDbContext> contexts,
    AccountLinkChanges changes,
    LinkOutcomes outcomes,
    ProviderApps apps,
    GrantedAccounts granted,
    OutboundRequests requests,
    SealedTokens tokens,
    VaultSeal seal,
    BrowserCookie browser,
    PreAuthenticationLimit limit,
    TimeProvider clock)
{
    private const int LongestValue = 4000;

    /// <param name="answer">What the provider sent with the browser.</param>
    /// <param name="connectionId">Of the address that it came to; null: the one for all.</param>
    /// <param name="person">Who is signed in.</param>
    public async Task<Returned> TakeAsync(HttpContext http, IReadOnlyDictionary<string, string> answer, string? connectionId, SignedInPerson? person, CancellationToken ct)
    {
        if (await FindAsync(answer.GetValueOrDefault("state"), ct) is not { } open)
        {
            limit.Refuse(http, OAuthError.InvalidRequest(LinkFaults.StateUnknown.Words, LinkFaults.StateUnknown.Code));
            return new Returned(null, null, LinkFaults.StateUnknown);
        }

        var (link, connection) = (open.Link, open.Connection);
        if (Check(http, open, connectionId, answer.GetValueOrDefault("iss")) is { } wrong)
        {
            await outcomes.TellAsync(http, link, connection.ProviderId, wrong, ct);
            return new Returned(wrong == LinkFaults.StateReplayed ? link : null, null, wrong);
        }

        if (!await changes.TryReturnAsync(link.Id, link.StateHash!, ct))
        {
            return new Returned(link, null, LinkFaults.StateReplayed);
        }

        // From here on it is carried through, whether or not the browser waits: the code can be redeemed only now.
        var secrets = SecretsOf(link);
        var (app, fault) = await apps.OpenAsync(connection, CancellationToken.None);
        fault ??= Refuse(open, app!, answer, person);
        var returned = fault is not null ? await outcomes.FailAsync(http, link, connection, fault, CancellationToken.None)
            : await RedeemAsync(http, open, app!, secrets, answer, person);
        return returned with { InWindow = secrets?.InWindow == true };
    }

    /// <summary>A way back that brings its token in the fragment, which only a script sees.</summary>
    public async Task<bool> AwaitsFragmentAsync(IReadOnlyDictionary<string, string> answer, CancellationToken ct) =>
        !answer.ContainsKey("code") && !answer.ContainsKey("error")
        && await FindAsync(answer.GetValueOrDefault("state"), ct) is { Link.Stage: LinkStage.Sent, Provider.Oauth.Flow: OAuthFlow.Fragment };

    private async Task<OpenLink?> FindAsync(string? state, CancellationToken ct)
    {
        // What is no handle of ours is not worth a query, and a database may fail on it.
        if (state is not { Length: 43 } || !System.Buffers.Text.Base64Url.IsValid(state))
        {
            return null;
        }

        var hash = Handle.ReferenceId(state);
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.AccountLinks.AsNoTracking().FirstOrDefaultAsync(row => row.StateHash == hash, ct) is { } link ? await outcomes.DescribeAsync(context, link, ct) : null;
    }

    /// <summary>What is wrong and ends nothing: whoever began may still come back.</summary>
    private ProviderFault? Check(HttpContext http, OpenLink open, string? connectionId, string? issuer) =>
        open.Link.BrowserHash is not { } hash || !browser.Matches(http, hash) ? LinkFaults.OtherBrowser
        : open.Link.Stage != LinkStage.Sent ? LinkFaults.StateReplayed
        : open.Link.ExpiresAt <= clock.GetUtcNow() ? LinkFaults.Expired
        : !IsAtOwn(open, connectionId) ? LinkFaults.OtherCallback

        // RFC 9207 §2.4: before anything else of the answer is believed.
        : issuer is not null && IssuerOf(open) is { } own && !Fits(own, issuer) ? LinkFaults.OtherIssuer
        : null;

    /// <summary>Null: it is not known who answers.</summary>
    private static string? IssuerOf(OpenLink open) => open.Connection.ReadSettings().AuthorizationUrl is null ? open.Provider.Oauth?.Discovery?.Issuer : null;

    /// <summary>A part of the issuer may be each tenant's own.</summary>
    private static bool Fits(string issuer, string said) => issuer.Split('{', 2) is [var before, var rest]
        ? rest.Split('}', 2) is [_, var after] && said.Length > before.Length + after.Length && said.StartsWith(before, StringComparison.Ordinal) && said.EndsWith(after, StringComparison.Ordinal)
        : said == issuer;

    private static bool IsAtOwn(OpenLink open, string? connectionId) =>
        ProviderApps.PathOf(open.Provider, open.Connection, open.Connection.ReadSettings()) == (connectionId is null ? ProviderApps.CallbackPath : $"{ProviderApps.CallbackPath}/{connectionId}");

    /// <summary>What ends the attempt before its code is redeemed.</summary>
    private static ProviderFault? Refuse(OpenLink open, ProviderApp app, IReadOnlyDictionary<string, string> answer, SignedInPerson? person) =>
        open.IsUnusable ? LinkFaults.Inactive
        : answer.GetValueOrDefault("error") is { Length: > 0 } error ? FaultJudgement.OfAuthorization(app.OAuth, error)
        : open.Link.UserId is { } owner && person?.Subject != owner ? person is null ? LinkFaults.NotSignedIn : LinkFaults.OtherPerson
        : null;

    /// <summary>Null: there are none, or they cannot be opened.</summary>
    private LinkSecrets? SecretsOf(AccountLink link) =>
        link.Verifier is not null && seal.TryOpen(link.Verifier, link.VerifierPlace, out var plain, out _) ? JsonSerializer.Deserialize<LinkSecrets>(plain) : null;

    private async Task<Returned> RedeemAsync(HttpContext http, OpenLink open, ProviderApp app, LinkSecrets? secrets, IReadOnlyDictionary<string, string> answer, SignedInPerson? person)
    {
        var (link, connection) = (open.Link, open.Connection);
        var asked = ScopeGrants.Asked(app.OAuth, [.. ConnectedAccountItem.ListOf(link.Scopes)!, .. ConnectedAccountItem.ListOf(link.OptionalScopes)!]);
        var outcome = app.OAuth.Flow == OAuthFlow.Fragment
            ? TokenReading.ReadFragment(app, answer, clock.GetUtcNow(), asked)
            : await ExchangeAsync(app, secrets, answer.GetValueOrDefault("code"), asked);
        if (outcome.Tokens is not { } brought)
        {
            return await outcomes.FailAsync(http, link, connection, outcome.Fault!, CancellationToken.None);
        }

        link.Tokens = tokens.Seal(brought, link.TokensPlace);
        await changes.TryKeepAsync(link.Id, link.Tokens, CancellationToken.None);
        return await granted.TakeAsync(http, open, app, outcome, asked, isOwner: link.UserId is not null && link.UserId == person?.Subject);
    }

    private async Task<TokenOutcome> ExchangeAsync(ProviderApp app, LinkSecrets? secrets, string? code, IReadOnlyList<string> asked)
    {
        if (code is null or { Length: 0 or > LongestValue } || code.Any(char.IsControl))
        {
            return new TokenOutcome { Fault = ProviderFaults.Malformed };
        }

        if (secrets is null)
        {
            return new TokenOutcome { Fault = ProviderFaults.Sealed };
        }

        if (TokenCalls.Code(app, code, secrets.Verifier) is not { } call)
        {
            return new TokenOutcome { Fault = ProviderFaults.FieldMissing };
        }

        var sentAt = clock.GetUtcNow();
        var outcome = TokenReading.Read(app, await requests.SendAsync(call, CancellationToken.None), sentAt, asked, before: null);
        var nonce = ValuePath.FindText(TokenReading.ClaimsOf(ValuePath.FindText(outcome.Body, app.OAuth.Token.Answer.IdToken)), "nonce");

        // OpenID Connect Core §3.1.3.7, 11.: an ID token of another request is an injected code's.
        return outcome.Tokens is not null && nonce is not null && nonce != secrets.Nonce ? new TokenOutcome { Fault = ProviderFaults.CodeRefused } : outcome;
    }
}
