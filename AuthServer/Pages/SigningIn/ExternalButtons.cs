using AuthServer.ExternalSignIn;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.SigningIn;

/// <summary>The providers that a page offers, and what they carry on.</summary>
public sealed class ExternalButtons(ExternalProviders providers, HttpRequest request)
{
    public IReadOnlyList<ExternalProvider> Providers => providers.All;

    public string AddressOf(ExternalProvider provider) => request.At($"/sign-in/external/{provider.Id}");
}
