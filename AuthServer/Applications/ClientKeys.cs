using AuthServer.Jose;
using AuthServer.Outbound;
using AuthServer.Protocol.Clients;

namespace AuthServer.Applications;

/// <summary>The public keys of clients: registered with them, or fetched from where they publish them.</summary>
public sealed class ClientKeys(OutboundClient outbound, TimeProvider clock)
{
    private const int Largest = 64 * 1024;

    private readonly RemoteDocuments<JsonWebKeySet> _published = new(outbound, Largest, static (address, answer) => JsonWebKeySet.TryParse(answer.Body.Span, out var keys, out _) ? keys : null, clock);

    /// <summary>Null where there are none, or they cannot be had.</summary>
    public async ValueTask<JsonWebKeySet?> FindAsync(Client client, CancellationToken ct)
    {
        if (client.JsonWebKeySetUri is { } uri)
        {
            return await _published.FindAsync(new Uri(uri), ct);
        }

        return client.JsonWebKeySet is { } json && JsonWebKeySet.TryParse(json, out var keys, out _) ? keys : null;
    }

    /// <summary>Of the first key that signs with ES256, as whatever is bound to a key here must be signed with it; null: there is none.</summary>
    public static string? ThumbprintOf(string? keySet) => keySet is not null && JsonWebKeySet.TryParse(keySet, out var keys, out _)
        ? keys.Keys.FirstOrDefault(key => key.Algorithm == JwsAlgorithm.ES256)?.Thumbprint
        : null;

    /// <summary>What the client publishes by now, where that may be something else: it signs with a key that is not known yet.</summary>
    public async ValueTask<JsonWebKeySet?> FindNewerAsync(Client client, JsonWebKeySet known, CancellationToken ct) =>
        client.JsonWebKeySetUri is { } uri && await _published.RefreshAsync(new Uri(uri), ct) is { } now && now != known ? now : null;
}
