using System.Net;

namespace AuthServer.Outbound;

/// <summary>Which addresses may be asked, and where exactly each leads.</summary>
/// <param name="allowed"><c>host:port</c> that may be asked although they are not public.</param>
internal sealed class OutboundAddresses(IEnumerable<string> allowed, IHostNames names)
{
    private const int LongestAddress = 2000;

    private readonly HashSet<string> _allowed = allowed.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this is an address that may be asked at all; the name behind it may still lead where it may not.</summary>
    public bool Admit(Uri address) =>
        address.IsAbsoluteUri
        && address.OriginalString.Length <= LongestAddress
        && address is { UserInfo.Length: 0, Fragment.Length: 0, Host.Length: > 0 }
        && (IsAllowed(address)
            ? address.Scheme is "https" or "http"

            // What listens on the lower ports is no web server, and might take an answer for a command.
            : address.Scheme == "https" && (address.IsDefaultPort || address.Port >= 1024));

    /// <summary>Whether the address says by itself, without a name to look up, that it leads where nobody may go.</summary>
    public bool IsPrivate(Uri address) =>
        IPAddress.TryParse(address.DnsSafeHost, out var literal) && !IsAllowed(address) && !PublicAddresses.Contains(literal);

    /// <summary>The address to connect to, or why there is none. One special address among public ones is a trick, so all must be public.</summary>
    public async Task<(IPAddress? Address, string? Failure)> ResolveAsync(Uri address, CancellationToken ct)
    {
        // A resolver may not hear that it should stop.
        var found = IPAddress.TryParse(address.DnsSafeHost, out var literal) ? [literal] : await names.ResolveAsync(address.IdnHost, ct).WaitAsync(ct);
        return found.Length == 0 ? (null, "dns")
            : IsAllowed(address) || found.All(PublicAddresses.Contains) ? (found[0], null)
            : (null, "private_address");
    }

    private bool IsAllowed(Uri address) => _allowed.Contains($"{address.IdnHost}:{address.Port}");
}
