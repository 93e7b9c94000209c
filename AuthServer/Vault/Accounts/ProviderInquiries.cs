using System.Text.Json;
using AuthServer.Data;
using AuthServer.Outbound;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Accounts;

/// <summary>Asks a provider about an account by its new tokens: whose it is, and with what it works.</summary>
public sealed class ProviderInquiries(OutboundRequests requests, TimeProvider clock)
{
    /// <summary>Asks the provider whose account it is, and where its API is.</summary>
    public async Task<(ProviderIdentity Identity, TokenSet Tokens, ProviderFault? Fault)> IdentifyAsync(ProviderApp app, TokenOutcome outcome)
    {
        var (rules, brought) = (app.OAuth.Identity, await WithEndAsync(app, outcome.Tokens!));
        JsonElement? told = null;
        ProviderFault? fault = null;
        if (rules.Call is { } call)
        {
            // What was not granted is not asked for: the provider would only say no.
            (told, fault) = MayAsk(app, rules.Scopes, brought) ? await AskAsync(app, call, brought) : (null, ProviderFaults.ScopeMissing);
        }

        var identity = ProviderIdentity.Of(app, outcome.Body, told, brought);
        if (identity.Name is null && rules.Email is { } email && MayAsk(app, email.Scopes, brought) && (await AskAsync(app, email.Call, brought)).Body is { } more)
        {
            identity = identity with { Name = ValuePath.FindText(more, email.EmailPath) };
        }

        // Where the definition tells accounts apart, one that cannot be told apart could be anybody's.
        var mustKnow = rules.AccountKey is { IdToken.Count: > 0 } or { Token.Count: > 0 } or { Call.Count: > 0 };
        return identity.Key is null && mustKnow ? (identity, brought, fault ?? ProviderFaults.IdentityUnknown) : await LearnAsync(app, identity, brought);
    }

    /// <summary>The tokens with the end that the provider tells when it is asked (RFC 7662 §2.2), where it did not tell it with them.</summary>
    public async Task<TokenSet> WithEndAsync(ProviderApp app, TokenSet tokens)
    {
        if (!NeedsEnd(app, tokens))
        {
            return tokens;
        }

        var told = TokenReading.MomentOf((await AskAsync(app, app.OAuth.Introspection!.Call, tokens)).Body, app.OAuth.Introspection.ExpiresPath);
        return tokens with { ExpiresAt = told ?? (app.OAuth.Token.DefaultLifetime is { } lifetime ? clock.GetStoredNow().AddSeconds(lifetime) : null) };
    }

    public static bool NeedsEnd(ProviderApp app, TokenSet tokens) =>
        tokens.ExpiresAt is null && app.OAuth.Token.Expiry.Contains(ExpirySource.Introspection) && app.OAuth.Introspection is not null;

    /// <summary>What the provider says of a token when it is asked about it; null: it says nothing.</summary>
    public async Task<bool?> IsGoodAsync(ProviderApp app, TokenSet tokens, CancellationToken ct)
    {
        if (app.OAuth.Introspection is not { } rules || ApiCalls.Write(app, rules.Call, tokens) is not { } request)
        {
            return null;
        }

        var answer = await requests.SendAsync(request, ct);
        var body = answer.Failure is null ? AnswerBody.Read(answer) : null;
        return answer.Failure is not null ? null
            : AnswerRule.AnyFits(rules.Dead, answer.Status, answer.Header, body) ? false
            : AnswerRule.AnyFits(rules.Active, answer.Status, answer.Header, body) ? true
            : null;
    }

    private static bool MayAsk(ProviderApp app, IReadOnlyList<string> scopes, TokenSet tokens) => ScopeGrants.Missing(app.OAuth, scopes, tokens.Scopes).Count == 0;

    /// <summary>The values that the provider offers for a field of an account, or why nobody knows.</summary>
    public async Task<(IReadOnlyList<OfferedValue> Values, ProviderFault? Fault)> OfferAsync(ProviderApp app, ConnectionField field, TokenSet tokens)
    {
        var (body, fault) = await AskAsync(app, field.From!.Call!, tokens);
        return (AccountFields.OfCall(field, body), fault);
    }

    /// <summary>The only value of a field is taken; of several, its person chooses.</summary>
    private async Task<(ProviderIdentity Identity, TokenSet Tokens, ProviderFault? Fault)> LearnAsync(ProviderApp app, ProviderIdentity identity, TokenSet brought)
    {
        List<OfferedField> offered = [];
        foreach (var field in app.Provider.Fields.Where(field => field.From?.Call is not null))
        {
            var (values, fault) = await OfferAsync(app, field, brought);
            switch (values)
            {
                case [] when field.Required:
                    return (identity, brought, fault ?? LinkFaults.NothingOffered);
                case [var only]:
                    brought = AccountFields.With(brought, field.Name, only);
                    break;
                case { Count: > 1 }:
                    offered.Add(new OfferedField(field.Name, values));
                    break;
            }
        }

        return (identity, offered.Count == 0 ? brought : brought with { Offered = offered }, null);
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
}
