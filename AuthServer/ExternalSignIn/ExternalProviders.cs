
namespace AuthServer.ExternalSignIn;

/// <summary>The providers by which people can sign in, in the order of the configuration.</summary>
public sealed class ExternalProviders(IReadOnlyList<ExternalProvider> all)
{
    public IReadOnlyList<ExternalProvider> All { get; } = all;

    public ExternalProvider? Find(string? id) => All.FirstOrDefault(provider => provider.Id == id);
}
