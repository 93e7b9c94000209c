namespace AuthServer.Vault.Providers;

/// <summary>Providers that are one company's: a person has one account for all of them, an app is registered once, and they go by one name where somebody
/// wants any of them, as in <c>/auth/google</c> and <c>resource=google</c>.</summary>
/// <param name="Id">Also the name of the resource. No provider has it.</param>
public sealed record ProviderFamily(string Id, string Name)
{
    public static ProviderFamily Google { get; } = new("google", "Google");

    public static ProviderFamily Microsoft { get; } = new("microsoft", "Microsoft");

    public static IReadOnlyList<ProviderFamily> All { get; } = [Google, Microsoft];

    public static ProviderFamily? Find(string? id) => All.FirstOrDefault(family => family.Id == id);

    /// <summary>Those of the family, by name.</summary>
    public IReadOnlyList<Provider> Providers => [.. ShippedProviders.All.Where(provider => provider.Family == Id)];
}
