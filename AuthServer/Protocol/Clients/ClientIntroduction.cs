namespace AuthServer.Protocol.Clients;

/// <summary>How a client came to be known here, and so whose word its name and addresses are.</summary>
public enum ClientIntroduction
{
    /// <summary>An operator or a member of an organization entered it.</summary>
    Entered,

    /// <summary>It registered itself (RFC 7591): all it says of itself is its own claim.</summary>
    Registered,

    /// <summary>Its client id is an address, and whoever holds that says the rest (draft-ietf-oauth-client-id-metadata-document).</summary>
    Document,
}
