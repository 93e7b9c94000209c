namespace AuthServer.Vault.Providers;

/// <summary>What an organization's own providers leave in the trail.</summary>
public static class ProviderEvents
{
    public const string Created = "provider.created";
    public const string Updated = "provider.updated";
    public const string Deleted = "provider.deleted";
}
