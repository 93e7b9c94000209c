using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>Where a connection's API is. It is worked out anew for each call: what a connection says today holds for the accounts that were linked before.</summary>
public static class ApiBase
{
    /// <summary>Null: a field that the address needs is not known (yet).</summary>
    /// <param name="value">Of a field, the connection's or the account's.</param>
    public static string? Of(Provider provider, ConnectionSettings settings, Func<string, string?> value) => settings.BaseUrl ?? FilledAddress.Of(provider, provider.Api.BaseUrl, value);

    /// <summary>The address of a call that this server makes itself: where it is below the provider's base, and the connection has a base of its own, it is below that.</summary>
    public static string Move(Provider provider, ConnectionSettings settings, string address, Func<string, string?> value) =>
        settings.BaseUrl is { } own && FilledAddress.Of(provider, provider.Api.BaseUrl, value) is { } usual && (address == usual || address.StartsWith(usual + "/", StringComparison.Ordinal))
            ? own + address[usual.Length..]
            : address;
}
