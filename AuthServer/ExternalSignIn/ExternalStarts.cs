using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;

namespace AuthServer.ExternalSignIn;

/// <summary>Sends people to a provider (OpenID Connect Core §3.1.2.1), with state, nonce and PKCE.</summary>
public sealed class ExternalStarts(ProviderDocuments documents, ExternalFlows flows, KeptAccess kept, IssuerUri issuer, TimeProvider clock)
{
    /// <summary>RFC 9700 §4.4.2.2: each provider has a way back of its own, so that the code of one is never taken to another.</summary>
    public static string PathOf(string providerId) => $"/sign-in/external/{providerId}/callback";

    /// <summary>Where to send the browser, or why it cannot be sent.</summary>
    /// <param name="linking">Who wants to link what it brings; null: somebody wants to sign in.</param>
    /// <param name="isNew">Whether a sign-in there counts only if it is new.</param>
    /// <param name="carried">What the person came for.</param>
    public async Task<(Uri? Address, ExternalFault? Fault)> BeginAsync(
        HttpContext http, ExternalProvider provider, SignedInPerson? linking, bool isNew, IReadOnlyDictionary<string, string> carried, CancellationToken ct)
    {
        if (await documents.FindAsync(provider, ct) is not { } document)
        {
            return (null, ExternalFault.Unreachable);
        }

        var scopes = await kept.FindAsync(provider, ct) is { } connection ? [.. provider.Scopes.Union(connection.Scopes)] : provider.Scopes;
        var flow = new ExternalFlow(provider.Id, Handle.New(), Handle.New(), Handle.New(), isNew, linking?.Subject, linking?.SessionId, carried, clock.GetUtcNow());
        var app = provider.Open(document, issuer.Value + PathOf(provider.Id), issuer.Value, ParametersOf(provider, isNew));
        return app is not null && AuthorizeAddress.Of(app, new Authorization(scopes, flow.State, app.UsesPkce ? flow.Verifier : null, flow.Nonce)) is { } address && flows.TryKeep(http, flow)
            ? (address, null)
            : (null, ExternalFault.ProviderError);
    }

    private static Dictionary<string, string> ParametersOf(ExternalProvider provider, bool isNew)
    {
        // A consent is asked for where access is to be kept, and not at each sign-in.
        var parameters = provider.Definition.Oauth!.Authorize.Parameters
            .Where(pair => pair.Key != "prompt" && (provider.ConnectionId is not null || pair.Key is not ("access_type" or "include_granted_scopes")))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        if (isNew)
        {
            // With max_age an OpenID provider has to say auth_time (§2).
            (parameters["prompt"], parameters["max_age"]) = (provider.NewSignIn, "0");
        }

        return parameters;
    }
}
