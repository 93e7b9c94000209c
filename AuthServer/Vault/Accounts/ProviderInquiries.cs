using System.Text.Json;
using AuthServer.Outbound;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Accounts;

/// <summary>Asks a provider about an account by its new tokens: whose it is, and with what it works.</summary>
public sealed class ProviderInquiries(OutboundRequests requests)
{
    /// <summary>Asks the provider whose account it is, and where its API is.</summary>
    public async Task<(ProviderIdentity Identity, TokenSet Tokens, ProviderFault? Fault)> IdentifyAsync(ProviderApp app, TokenOutcome outcome)
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

        // Where the definition tells accounts apart, one that cannot be told apart could be anybody's.
        var mustKnow = rules.AccountKey is { IdToken.Count: > 0 } or { Token.Count: > 0 } or { Call.Count: > 0 };
        return identity.Key is null && mustKnow ? (identity, brought, fault ?? ProviderFaults.IdentityUnknown) : await LearnAsync(app, identity, brought);
    }

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
                    brought = AccountFields.With(app, brought, field.Name, only);
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
