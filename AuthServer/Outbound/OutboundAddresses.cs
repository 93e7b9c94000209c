using System.Net;
using AuthServer.Protocol;

namespace AuthServer.Outbound;

/// <summary>Which addresses may be asked, and where exactly each leads.</summary>
/// <param name="allowed"><c>host:port</c> that may be asked although they are not public.</param>
internal sealed class OutboundAddresses(IEnumerable<string> allowed, IHostNames names) : IDisposable
{
    private const int LongestAddress = 2000;

    // RFC 1035 §2.3.4, as it is written.
    private const int LongestHost = 253;

    // Each is a thread, for as long as the name's servers like.
    private const int MostLookups = 64;

    private readonly SemaphoreSlim _lookups = new(MostLookups);
    private readonly HashSet<string> _allowed = allowed.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this is an address that may be asked at all; the name behind it may still lead where it may not.</summary>
    public bool Admit(Uri address) =>
        address.IsAbsoluteUri
        && address.OriginalString.Length <= LongestAddress
        && address is { UserInfo.Length: 0, Fragment.Length: 0 }
        && HostName.Of(address) is { Length: > 0 and <= LongestHost }
        && (IsAllowed(address)
            ? address.Scheme is "https" or "http"
            : address.Scheme == "https" && HasWebPort(address));

    /// <summary>What listens on the lower ports is no web server, and might take an answer for a command.</summary>
    public static bool HasWebPort(Uri address) => address.IsDefaultPort || address.Port >= 1024;

    /// <summary>For the log.</summary>
    public static string NameOf(Uri address) => address.IsAbsoluteUri && HostName.Of(address) is { Length: <= LongestHost } host ? $"{host}:{address.Port}" : "?";

    /// <summary>Whether the address says by itself, without a name to look up, that it leads where nobody may go.</summary>
    public bool IsPrivate(Uri address) =>
        IPAddress.TryParse(address.DnsSafeHost, out var literal) && !IsAllowed(address) && !PublicAddresses.Contains(literal);

    /// <summary>The address to connect to, or why there is none. One special address among public ones is a trick, so all must be public.</summary>
    public async Task<(IPAddress? Address, string? Failure)> ResolveAsync(Uri address, CancellationToken ct)
    {
        var found = IPAddress.TryParse(address.DnsSafeHost, out var literal) ? [literal] : await LookUpAsync(address.IdnHost, ct);
        return found.Length == 0 ? (null, "dns")
            : IsAllowed(address) || found.All(PublicAddresses.Contains) ? (found[0], null)
            : (null, "private_address");
    }

    public void Dispose() => _lookups.Dispose();

    private async Task<IPAddress[]> LookUpAsync(string host, CancellationToken ct)
    {
        await _lookups.WaitAsync(ct);
        return await FinishAsync(host).WaitAsync(ct);
    }

    /// <summary>Whoever has stopped waiting for it has not ended it: its turn lasts as long as it does.</summary>
    private async Task<IPAddress[]> FinishAsync(string host)
    {
        try
        {
            return await names.ResolveAsync(host);
        }
        finally
        {
            _lookups.Release();
        }
    }

    private bool IsAllowed(Uri address) => _allowed.Contains($"{address.IdnHost}:{address.Port}");
}
