using AuthServer.Http.Api;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>What a connection of each provider usually begins with.</summary>
public sealed class ConnectionTemplates(ProviderCatalog catalog)
{
    public async Task<Answer<Page<ConnectionTemplateItem>>> ListAsync(ActingParty caller, Paging paging, CancellationToken ct)
    {
        var all = await catalog.AllAsync(caller.OrganizationId, ct);
        return new Page<ConnectionTemplateItem>(
            [.. all.Skip(paging.Offset).Take(paging.Limit).Select(listed => new ConnectionTemplateItem(listed.Provider.Id, listed.Provider.Name, listed.Provider.Category, ProviderAnswers.TemplateOf(listed.Provider)))],
            new PageMeta(all.Count, paging.Limit, paging.Offset));
    }
}

/// <param name="Id">The provider's.</param>
/// <param name="Template">What is sent to make one, beside its credentials.</param>
[SnakeCase]
public sealed record ConnectionTemplateItem(string Id, string Name, string Category, TemplateItem Template);
