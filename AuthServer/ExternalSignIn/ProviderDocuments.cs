using AuthServer.Jose;
using AuthServer.Outbound;

namespace AuthServer.ExternalSignIn;

/// <summary>What OpenID providers publish: discovery documents and the keys of their ID tokens.</summary>
public sealed class ProviderDocuments(OutboundClient outbound, TimeProvider clock)
{
    private const int Largest = 128 * 1024;

    private readonly RemoteDocuments<DiscoveryDocument> _discovered = new(outbound, Largest, (_, answer) => DiscoveryDocument.Read(answer, outbound.Admits), clock);
    private readonly RemoteDocuments<JsonWebKeySet> _keys = new(outbound, Largest, static (address, answer) => JsonWebKeySet.TryParse(answer.Body.Span, out var keys, out _) ? keys : null, clock);

    /// <summary>Null: it cannot be had, or is somebody else's.</summary>
    public async ValueTask<DiscoveryDocument?> FindAsync(ExternalProvider provider, CancellationToken ct) =>
        await _discovered.FindAsync(provider.Discovery, ct) is { } document && provider.Publishes(document.Issuer) ? document : null;

    /// <summary>Verifies by the keys that are published: looked for once more where none is known that the token names.</summary>
    public async ValueTask<JwsResult?> VerifyAsync(DiscoveryDocument document, string idToken, CancellationToken ct)
    {
        if (await _keys.FindAsync(document.Keys, ct) is not { } known)
        {
            return null;
        }

        var result = Jws.Verify(idToken, JwsTyp.JwtOrAbsent, known);
        return result.Failure == JwsFailure.UnknownKey && await _keys.RefreshAsync(document.Keys, ct) is { } newer && newer != known
            ? Jws.Verify(idToken, JwsTyp.JwtOrAbsent, newer)
            : result;
    }
}
