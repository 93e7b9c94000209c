namespace AuthServer.Protocol.Clients;

/// <summary>A client ID metadata document (draft-ietf-oauth-client-id-metadata-document): the client id is its address.</summary>
public static class MetadataDocument
{
    /// <summary>The draft's bound.</summary>
    public const int Largest = 5 * 1024;

    private static readonly string[] Secret = ["client_secret", "client_secret_expires_at"];

    /// <summary>Whether a client id looks like the address of a document.</summary>
    public static bool IsAddress(string? clientId) =>
        clientId is not null && (clientId.StartsWith("https://", StringComparison.Ordinal) || clientId.StartsWith("http://", StringComparison.Ordinal));

    /// <summary>The address, as every parser reads it; null where the client id is not written that way. Whether it may be asked is for the caller to say.</summary>
    public static Uri? ReadAddress(string clientId) =>
        IsAddress(clientId)
        && clientId.Length <= Client.LongestId
        && Uri.TryCreate(clientId, UriKind.Absolute, out var address)

        // In its normal form, so that one document has one client id: no user info, fragment, dot segments, default port, capitals in the host.
        && address.AbsoluteUri == clientId
        && !clientId.AsSpan().ContainsAny('#', '@', '\\')
        && address.AbsolutePath.Length > 1
            ? address
            : null;

    /// <summary>What the document says, if it is this client's.</summary>
    public static Result<ClientMetadata> Read(string clientId, ReadOnlySpan<byte> utf8)
    {
        if (ClientMetadata.Parse(utf8).Failed(out var error, out var said))
        {
            return error;
        }

        if (ClientMetadata.Read(said.Source, "client_id", out var named) is { } fault)
        {
            return fault;
        }

        if (named != clientId)
        {
            return ClientMetadata.Invalid("client_id is not the address of this document.", "client_id");
        }

        if (said.Name is null)
        {
            return ClientMetadata.Invalid("client_name is missing.", "client_name");
        }

        // What everybody can read is no secret.
        if (Secret.Any(name => said.Source.TryGetProperty(name, out _))
            || said.AuthenticationMethods.Any(method => method is ClientAuthenticationMethods.Basic or ClientAuthenticationMethods.Post))
        {
            return ClientMetadata.Invalid("A client of this kind has no secret.", "secret");
        }

        return said.AuthenticationMethods.Count > 0 ? said : said with { AuthenticationMethods = [ClientAuthenticationMethods.None] };
    }
}
