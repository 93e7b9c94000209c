using AuthServer.Pages.Portal;
using AuthServer.Vault.Providers;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Providers;

/// <summary>A provider to choose.</summary>
/// <param name="Address">Where choosing it leads.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Said">More about it.</param>
public sealed record ProviderTile(string Name, string Address, string Kind, string? Said = null, Badge? State = null)
{
    public static ProviderTile Of(ProviderItem provider, string address, bool described = false) => new(
        provider.Name,
        address,
        string.Join(" · ", provider.AuthTypes.Select(ProviderPages.Words).Prepend(ProviderPages.Words(provider.Category)).Concat(provider.Origin == ProviderOrigin.Organization ? [T("Your own")] : [])),
        described && provider.Description is { } said ? T(said) : null,
        provider.SharedApp ? Badge.Good(T("Ready: this server has an app")) : null);
}
