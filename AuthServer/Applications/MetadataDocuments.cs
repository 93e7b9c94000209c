using System.Security.Cryptography;
using System.Text;
using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Outbound;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using Microsoft.Extensions.Logging;

namespace AuthServer.Applications;

/// <summary>Clients whose id is the address of their metadata. Nothing of them is stored before a person consents: then a row, to which grants refer.</summary>
public sealed partial class MetadataDocuments
{
    private readonly RegistrationPolicy _policy;
    private readonly OutboundClient _outbound;
    private readonly RemoteDocuments<ClientMetadata> _documents;
    private readonly ILogger<MetadataDocuments> _logger;

    public MetadataDocuments(RegistrationPolicy policy, OutboundClient outbound, TimeProvider clock, ILogger<MetadataDocuments> logger)
    {
        (_policy, _outbound, _logger) = (policy, outbound, logger);
        _documents = new(outbound, MetadataDocument.Largest, Read, clock);
    }

    /// <summary>The address that a client id is; null where it is none, or none that may be asked.</summary>
    public Uri? AddressOf(string? clientId) =>
        _policy.MetadataDocuments && MetadataDocument.IsAddress(clientId) && MetadataDocument.ReadAddress(clientId!) is { } address && _outbound.Admits(address) ? address : null;

    /// <summary>Whether the document is not at hand, so that another server would be asked.</summary>
    public bool MustFetch(Uri address) => _documents.MustFetch(address);

    public ValueTask<ClientMetadata?> FetchAsync(Uri address, CancellationToken ct) => _documents.FindAsync(address, ct);

    /// <summary>The row as the document says it is now.</summary>
    /// <param name="row">The row of the latest consent; null: nobody has consented yet, and only a document at hand counts.</param>
    public async Task<OpenIddictApplication?> FindAsync(Uri address, OpenIddictApplication? row, CancellationToken ct)
    {
        var said = row is null ? _documents.Known(address) : await _documents.FindAsync(address, ct);
        return said is null ? null : Describe(address.AbsoluteUri, said, row);
    }

    /// <summary>The row to keep of a client to whom a person consents; null where its document says something else by now.</summary>
    public OpenIddictApplication? RowOf(Client client)
    {
        if (AddressOf(client.ClientId) is not { } address || _documents.Known(address) is not { } said
            || Describe(client.ClientId, said, null) is var row && row.ConcurrencyToken != client.ConcurrencyToken)
        {
            return null;
        }

        row.Id = client.Id;
        return row;
    }

    private static OpenIddictApplication Describe(string clientId, ClientMetadata said, OpenIddictApplication? row)
    {
        var fresh = RegisteredApplication.Describe(said, new OpenIddictApplication { ClientId = clientId, ConcurrencyToken = "" }, ApplicationMapping.Document);

        // A row's identity covers what people relied on. Where one of its addresses or its keys went, this is another client: what was granted to the
        // former one is not this one's, and people are asked anew.
        fresh.Id = row is not null && Continues(row, fresh) ? row.Id : IdOf(fresh);
        fresh.ConcurrencyToken = Fingerprint(fresh);
        return fresh;
    }

    private static bool Continues(OpenIddictApplication before, OpenIddictApplication now)
    {
        var (old, said) = (ApplicationExtras.Read(before.Properties), ApplicationExtras.Read(now.Properties));
        return ApplicationMapping.Strings(before.RedirectUris).All(ApplicationMapping.Strings(now.RedirectUris).Contains)
            && before.ClientType == now.ClientType
            && before.JsonWebKeySet == now.JsonWebKeySet
            && old.JsonWebKeySetUri == said.JsonWebKeySetUri
            && old.AuthenticationMethod == said.AuthenticationMethod;
    }

    private static string IdOf(OpenIddictApplication row) => new Guid(Hash(row).AsSpan(0, 16)).ToString();

    private static string Fingerprint(OpenIddictApplication row) => Convert.ToHexStringLower(Hash(row).AsSpan(0, 16));

    private static byte[] Hash(OpenIddictApplication row) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', row.ClientId, row.DisplayName, row.ClientType, row.RedirectUris, row.JsonWebKeySet, row.Properties, row.Permissions)));

    private ClientMetadata? Read(Uri address, OutboundAnswer answer)
    {
        // draft-ietf-oauth-client-id-metadata-document §4: else whoever may leave a text or a page on a host could speak for it.
        ClientMetadata? said = null;
        var reason = !answer.IsJson ? "content_type"
            : MetadataDocument.Read(address.AbsoluteUri, answer.Body.Span).Failed(out var error, out said) ? error.Reason
            : !VisibleText.IsSeen(said.Name!) ? "client_name"
            : said.JsonWebKeySet is { } keys && !JsonWebKeySet.TryParse(keys, out _, out _) ? "jwks"
            : said.JsonWebKeySetUri is { } uri && !(Uri.TryCreate(uri, UriKind.Absolute, out var keysAddress) && _outbound.Admits(keysAddress)) ? "jwks_uri"
            : null;
        if (reason is not null)
        {
            Log.Refused(_logger, HostName.Of(address) ?? "?", reason);
        }

        return reason is null ? said : null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The client metadata document at {Host} is refused: {Reason}.")]
        public static partial void Refused(ILogger logger, string host, string reason);
    }
}
