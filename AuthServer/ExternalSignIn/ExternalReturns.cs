using AuthServer.Http;
using AuthServer.Outbound;
using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;

namespace AuthServer.ExternalSignIn;

/// <summary>Somebody comes back from a provider: what came is checked, the code is redeemed at once, and the ID token is read (OpenID Connect Core §3.1.3).</summary>
public sealed class ExternalReturns(
    ExternalProviders providers, ProviderDocuments documents, ExternalFlows flows, OutboundRequests requests, PreAuthenticationLimit limit, IssuerUri issuer, TimeProvider clock)
{
    private const int LongestValue = 4000;

    private static readonly string[] Answers = ["code", "error", "iss"];

    /// <summary>Who came, or why nobody did. Refusals are counted.</summary>
    /// <param name="providerId">Of the address that it came to.</param>
    public async Task<ExternalReturn> TakeAsync(HttpContext http, string? providerId, CancellationToken ct)
    {
        if (limit.WaitFor(http) is not null)
        {
            return new ExternalReturn(null, null, null, null, ExternalFault.TooMany);
        }

        var taken = await ReadAsync(http, providerId, ct);
        if (taken.Fault is { } fault)
        {
            limit.Refuse(http, OAuthError.InvalidRequest(fault.Words, "external_" + fault.Code));
        }

        return taken;
    }

    private async Task<ExternalReturn> ReadAsync(HttpContext http, string? providerId, CancellationToken ct)
    {
        var (flow, fault) = await flows.TakeAsync(http, Value(http, "state"), ct);
        if (flow is null || fault is not null)
        {
            return new ExternalReturn(flow, null, null, null, fault);
        }

        if (flow.Provider != providerId || providers.Find(providerId) is not { } provider)
        {
            return new ExternalReturn(flow, null, null, null, ExternalFault.OtherCallback);
        }

        // From here on it is carried through, whether or not the browser waits: the code can be redeemed only now.
        if (await documents.FindAsync(provider, CancellationToken.None) is not { } document)
        {
            return new ExternalReturn(flow, provider, null, null, ExternalFault.Unreachable);
        }

        fault = Refuse(http, provider, document);
        return fault is null ? await RedeemAsync(flow, provider, document, Value(http, "code")!, Value(http, "iss")) : new ExternalReturn(flow, provider, null, null, fault);
    }

    private static ExternalFault? Refuse(HttpContext http, ExternalProvider provider, DiscoveryDocument document) =>
        // RFC 6749 §3.1: none of them more than once.
        Answers.Any(name => http.Request.Query[name].Count > 1) ? ExternalFault.CodeMissing

        // RFC 9207 §2.4: before anything else of the answer is believed, its errors included.
        : Value(http, "iss") is { } said ? !provider.MayIssue(said) ? ExternalFault.IssuerMismatch : Refuse(http)
        : document.SaysIssuer ? ExternalFault.IssuerMissing
        : Refuse(http);

    private static ExternalFault? Refuse(HttpContext http) => Value(http, "error") switch
    {
        null => Value(http, "code") is { Length: > 0 } ? null : ExternalFault.CodeMissing,
        "access_denied" or "consent_required" => ExternalFault.AccessDenied,
        _ => ExternalFault.ProviderError,
    };

    private async Task<ExternalReturn> RedeemAsync(ExternalFlow flow, ExternalProvider provider, DiscoveryDocument document, string code, string? said)
    {
        var app = provider.Open(document, issuer.Value + ExternalStarts.PathOf(provider.Id), issuer.Value, new Dictionary<string, string>());
        if (app is null || TokenCalls.Code(app, code, app.UsesPkce ? flow.Verifier : null) is not { } call)
        {
            return new ExternalReturn(flow, provider, null, null, ExternalFault.ProviderError);
        }

        var sentAt = clock.GetUtcNow();
        var outcome = TokenReading.Read(app, await requests.SendAsync(call, CancellationToken.None), sentAt, provider.Scopes, before: null);
        if (outcome.Tokens is not { } tokens)
        {
            var fault = outcome.Fault!.Kind == FaultKind.Transient ? ExternalFault.Unreachable : ExternalFault.CodeRefused;
            return new ExternalReturn(flow, provider, null, null, fault);
        }

        if (ValuePath.FindText(outcome.Body, app.OAuth.Token.Answer.IdToken) is not { Length: > 0 } idToken)
        {
            return new ExternalReturn(flow, provider, null, null, ExternalFault.IdTokenMissing);
        }

        if (await documents.VerifyAsync(document, idToken, CancellationToken.None) is not { } verified)
        {
            return new ExternalReturn(flow, provider, null, null, ExternalFault.Unreachable);
        }

        if (!verified.IsValid)
        {
            return new ExternalReturn(flow, provider, null, null, ExternalFault.IdToken("signature"));
        }

        var (identity, wrong) = new ExpectedIdToken(provider, flow.Nonce, tokens.AccessToken, flow.BegunAt).Read(verified.Claims, verified.Key, clock.GetUtcNow());
        return identity is null ? new ExternalReturn(flow, provider, null, null, ExternalFault.IdToken(wrong!))
            : said is not null && said != identity.Issuer ? new ExternalReturn(flow, provider, null, null, ExternalFault.IssuerMismatch)
            : new ExternalReturn(flow, provider, identity, tokens, null);
    }

    /// <summary>Null: it is not there, or more than once, or longer than any.</summary>
    private static string? Value(HttpContext http, string name) =>
        http.Request.Query.TryGetValue(name, out var values) && values is [{ Length: <= LongestValue } value] && !value.Any(char.IsControl) ? value : null;
}

/// <summary>What came back from a provider.</summary>
/// <param name="Flow">Null: nothing that was begun here.</param>
/// <param name="Tokens">What the provider gave beside; they are kept only where the person agrees.</param>
/// <param name="Fault">Null: the identity is there.</param>
public sealed record ExternalReturn(ExternalFlow? Flow, ExternalProvider? Provider, ExternalIdentity? Identity, TokenSet? Tokens, ExternalFault? Fault)
{
    public override string ToString() => $"ExternalReturn {Provider?.Id} (redacted)";
}
