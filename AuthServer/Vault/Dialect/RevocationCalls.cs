using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>Takes a grant back at its provider (RFC 7009, or the provider's own way).</summary>
public static class RevocationCalls
{
    /// <summary>Empty: the provider has no such call.</summary>
    public static IReadOnlyList<OutboundCall> Write(ProviderApp app, TokenSet tokens)
    {
        if (app.OAuth.Revocation is not { } rules)
        {
            return [];
        }

        IEnumerable<TokenSet> sets = rules.EachToken && tokens.Secondary is { } second ? [tokens, second with { Fields = tokens.Fields }] : [tokens];
        return [.. sets.Select(set => ApiCalls.Write(app, rules.Call, set)).OfType<OutboundCall>()];
    }

    /// <summary>Whether it is gone there. One that was gone before is.</summary>
    public static bool IsDone(RevocationRules rules, OutboundResult answer)
    {
        if (answer.Failure is not null)
        {
            return false;
        }

        var body = AnswerBody.Read(answer);
        return (rules.Success.Count > 0 ? AnswerRule.AnyFits(rules.Success, answer.Status, answer.Header, body) : answer.Status is >= 200 and < 300)
            || ValuePath.FindText(body, "error") is "invalid_token" or "token_revoked" or "invalid_grant"
            || (answer.Status == 401 && rules.Call.Authentication == CallAuthentication.Api);
    }
}
