namespace AuthServer.Protocol;

/// <summary>The name of an address's host in ASCII, as it is asked for.</summary>
public static class HostName
{
    /// <summary>Null: no host has this spelling. The framework finds that out late, and by an exception.</summary>
    public static string? Of(Uri address)
    {
        try
        {
            return address.IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }
}
