using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Proxy;

/// <summary>Where a connection's credential may be sent, and where one call of it goes.</summary>
/// <param name="Base">The API's own address.</param>
/// <param name="Hosts">Others that the provider's definition names.</param>
public sealed record ProxyTarget(Uri Base, IReadOnlyList<string> Hosts)
{
    private static readonly Problem Elsewhere = Problem.Malformed("host_refused", "This connection may not call that host.") with { Reason = "host_refused" };

    /// <summary>The address of a call.</summary>
    /// <param name="origin">Another of the API's hosts, such as <c>https://gmail.googleapis.com</c>; null: the base.</param>
    public Answer<Uri> At(ProxyPath path, string? origin)
    {
        var root = Base.GetLeftPart(UriPartial.Path).TrimEnd('/');
        if (origin is not null)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var other) || other.PathAndQuery != "/" || other.UserInfo.Length > 0 || other.Fragment.Length > 0 || !Allows(other))
            {
                return Elsewhere;
            }

            // Whoever names the base's own host means the base: what stands before its path's end is not theirs to leave out.
            root = IsSameOrigin(other, Base) ? root : other.GetLeftPart(UriPartial.Authority);
        }

        var text = path.Path.Length == 0 ? root : $"{root}/{path.Path}";
        if (!Uri.TryCreate(text + path.Query, UriKind.Absolute, out var address))
        {
            return Elsewhere;
        }

        // What was put together is looked at once more, as it will be sent.
        var whole = new Uri(root);
        var below = address.AbsolutePath == whole.AbsolutePath || address.AbsolutePath.StartsWith(whole.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal);
        return IsSameOrigin(address, whole) && address.UserInfo.Length == 0 && below ? address : Elsewhere;
    }

    /// <summary>Whether the API is there too. A host that is named with a port is spoken to as the base is.</summary>
    public bool Allows(Uri address) => IsSameOrigin(address, Base)
        || (address.UserInfo.Length == 0 && HostName.Of(address) is { } host
            && (address is { Scheme: "https", IsDefaultPort: true } ? FieldValues.IsOneOf(host, Hosts) : address.Scheme == Base.Scheme && FieldValues.IsOneOf($"{host}:{address.Port}", Hosts)));

    public static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && HostName.Of(one) is { } host && string.Equals(host, HostName.Of(other), StringComparison.OrdinalIgnoreCase);
}
