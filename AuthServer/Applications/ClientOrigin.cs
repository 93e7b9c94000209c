namespace AuthServer.Applications;

/// <summary>A web origin from which a client's pages may call this server (CORS): where one of its redirect URIs lives.</summary>
public sealed class ClientOrigin
{
    /// <summary>Scheme, host and port, as browsers send it.</summary>
    public string Origin { get; set; } = "";

    public string ApplicationId { get; set; } = "";
}
