using System.Text.Json;
using AuthServer.Data;
using AuthServer.Outbound;
using AuthServer.Protocol.State;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
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
    OutboundRequests requests,
    SealedTokens tokens,
    IAuditTrail trail,
    TimeProvider clock)
{
    /// <param name="isOwner">The owner is a person of ours, and is the one who is signed in.</param>
    public async Task<Returned> TakeAsync(HttpContext http, OpenLink open, ProviderApp app, TokenOutcome outcome, IReadOnlyList<string> asked, bool isOwner)
    {
        var (link, connection) = (open.Link, open.Connection);
        var (identity, brought, fault) = await IdentifyAsync(app, outcome);
        (link.ProviderAccount, link.ProviderName) = (identity.Key, identity.Name);
        link.Tokens = tokens.Seal(brought, link.TokensPlace);
        fault ??= ScopeGrants.Missing(app.OAuth, ConnectedAccountItem.ListOf(link.Scopes)!, brought.Scopes).Count > 0 ? ProviderFaults.ScopeMissing : await RefuseAsync(link);
        if (fault is not null)
        {
            await GiveBackAsync(http, open, brought);
            return await outcomes.FailAsync(http, link, connection, fault, CancellationToken.None);
        }

        // The customer's backend confirms it. Where nothing leads back there, the owner's own session needs no other word, and anybody else takes the code there themselves.
        var waits = connection.ReturnCheck == ReturnCheck.App && (link.RedirectUri is not null || !isOwner);
        if (waits)
        {
            var code = outcomes.Code(link);
            var why = AccountEvents.Of(AccountEvents.Returned, http, link, connection.ProviderId, null, clock.GetStoredNow());
            return await changes.TryWaitAsync(link, ProviderFaults.NotVerified.Code, why, CancellationToken.None)
                ? LinkOutcomes.Succeed(link, connection, code)
                : new Returned(link, null, LinkFaults.StateReplayed);
        }

        // The check may have been made stricter while its person was away.
        fault = !isOwner && connection.ReturnCheck != ReturnCheck.None ? ProviderFaults.NotVerified
            : await adoption.AdoptAsync(http, link, connection, brought, asked, isVerified: isOwner && connection.ReturnCheck != ReturnCheck.None);
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
        if (end == GrantEnd.Revoked)
        {
            var why = AccountEvents.Of(AccountEvents.Revoked, http, open.Link, open.Connection.ProviderId, null, clock.GetStoredNow()) with { Reason = "not_kept" };
            await trail.AppendAsync(why, CancellationToken.None);
        }
    }

    /// <summary>Asks the provider whose account it is, and where its API is.</summary>
    private async Task<(ProviderIdentity Identity, TokenSet Tokens, ProviderFault? Fault)> IdentifyAsync(ProviderApp app, TokenOutcome outcome)
    {
        var (rules, brought) = (app.OAuth.Identity, outcome.Tokens!);
        JsonElement? told = null;
        ProviderFault? fault = null;
        if (rules.Call is { } call)
        {
            (told, fault) = await AskAsync(app, call, brought);
        }

        var identity = ProviderIdentity.Of(app, outcome.Body, told, brought);
        if (identity.Name is null && rules.Email is { } email && (await AskAsync(app, email.Call, brought)).Body is { } more)
        {
            identity = identity with { Name = ValuePath.FindText(more, email.EmailPath) };
        }

        foreach (var field in app.Provider.Fields.Where(field => field.From?.Call is not null))
        {
            var offered = AccountFields.OfCall(field, (await AskAsync(app, field.From!.Call!, brought)).Body);
            if (offered.Count > 0)
            {
                brought = brought with { Fields = new Dictionary<string, string>(brought.Fields ?? new Dictionary<string, string>()) { [field.Name] = offered[0].Value } };
                brought = brought with { BaseUrl = ApiBase.Of(app, brought) };
            }
        }

        // Where the definition tells accounts apart, one that cannot be told apart could be anybody's.
        var mustKnow = rules.AccountKey is { IdToken.Count: > 0 } or { Token.Count: > 0 } or { Call.Count: > 0 };
        return (identity, brought, identity.Key is null && mustKnow ? fault ?? ProviderFaults.IdentityUnknown : null);
    }

    private async Task<(JsonElement? Body, ProviderFault? Fault)> AskAsync(ProviderApp app, ProviderCall call, TokenSet brought)
    {
        if (ApiCalls.Write(app, call, brought) is not { } request)
        {
            return (null, ProviderFaults.FieldMissing);
        }

        var answer = await requests.SendAsync(request, CancellationToken.None);
        return answer.Failure is null && answer.Status is >= 200 and < 300 && AnswerBody.Read(answer) is { } body ? (body, null) : (null, FaultJudgement.OfCall(answer));
    }

    /// <summary>Another person's account there does not take the place of this one's.</summary>
    private async Task<ProviderFault?> RefuseAsync(AccountLink link)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        var known = await context.ConnectedAccounts.AsNoTracking()
            .Where(row => row.ConnectionId == link.ConnectionId && row.IdentifierType == link.IdentifierType && row.Identifier == link.Identifier)
            .Select(row => row.ProviderAccount).FirstOrDefaultAsync(CancellationToken.None);
        return known is not null && known != link.ProviderAccount ? ProviderFaults.IdentityMismatch : null;
    }
}
