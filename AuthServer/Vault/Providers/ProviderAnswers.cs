using AuthServer.Http;

namespace AuthServer.Vault.Providers;

/// <summary>What is answered of a provider, here and by pages.</summary>
public sealed class ProviderAnswers(SharedApps apps, IssuerUri issuer)
{
    /// <summary>Where providers send people back to. Where <see cref="Provider.HasFixedEndpoints"/> does not hold, the connection's id follows.</summary>
    public const string CallbackPath = "/connect/accounts/callback";

    public ProviderItem Item(ListedProvider listed) => Fill(new ProviderItem(), listed);

    public ProviderDetail Detail(ListedProvider listed)
    {
        var (provider, row) = (listed.Provider, listed.Row);
        return (ProviderDetail)Fill(new ProviderDetail(), listed) with
        {
            Scopes = provider.Oauth is null ? null : [.. provider.Oauth.Scopes.Known.Select(scope => ScopeOf(provider.Oauth.Scopes, scope))],
            Presets = provider.Oauth?.Scopes.Presets,
            Setup = SetupOf(provider),
            Template = TemplateOf(provider),
            Definition = provider,
            CreatedAt = row?.CreatedAt,
            UpdatedAt = row?.UpdatedAt,
            ChangedBy = row?.ChangedBy,
            Version = row?.Version,
        };
    }

    private ProviderItem Fill(ProviderItem item, ListedProvider listed) => item with
    {
        Id = listed.Provider.Id,
        Name = listed.Provider.Name,
        Category = listed.Provider.Category,
        Description = listed.Provider.Description,
        Family = listed.Provider.Family,
        AuthTypes = listed.Provider.AuthTypes,
        Origin = listed.Row is null ? ProviderOrigin.Shipped : ProviderOrigin.Organization,
        SharedApp = apps.Find(listed.Provider) is not null,
    };

    private static ScopeItem ScopeOf(ScopeRules rules, ProviderScope scope) => new()
    {
        Name = scope.Name,
        ShortName = rules.Shortened(scope.Name),
        Words = scope.Words,
        Access = scope.Access,
        Reviewed = scope.Reviewed,
        Default = rules.Default.Contains(scope.Name),
    };

    private SetupRequirements SetupOf(Provider provider)
    {
        var setup = provider.Setup;
        string? Page(string? url) => url is null ? null : Placeholders.FillUrl(url, name => provider.Field(name)?.Default);

        return new SetupRequirements
        {
            AppUrl = Page(setup.AppUrl),
            KeyUrl = Page(setup.KeyUrl),
            DocumentationUrl = Page(setup.DocumentationUrl),
            RevokeUrl = Page(setup.RevokeUrl),
            CallbackUrl = provider.HasFixedEndpoints ? issuer.At(CallbackPath) : null,
            CallbackOfConnection = provider.Oauth is not null && !provider.HasFixedEndpoints,
            CallbackLabel = provider.Oauth is null ? null : setup.CallbackLabel,
            ClientIdLabel = provider.Oauth is null ? null : setup.ClientIdLabel,
            ClientSecretLabel = provider.Oauth?.Token.ClientAuthentication is null or [ClientAuthentication.None] ? null : setup.ClientSecretLabel,
            Fields = [.. provider.Fields.Where(field => !field.IsOfAccount)],
            KeyFields = provider.ApiKey?.Fields ?? [],
            Steps = setup.Steps,
            KeySteps = provider.ApiKey is null ? [] : setup.KeySteps is { Count: > 0 } steps ? steps : provider.Oauth is null ? setup.Steps : [],
            Cautions = setup.Cautions,
        };
    }

    /// <summary>As the templates of connections are written.</summary>
    public static TemplateItem TemplateOf(Provider provider) => new()
    {
        Provider = provider.Id,
        AuthType = provider.AuthTypes[0],
        Scopes = provider.Oauth is null ? null : provider.Template.Scopes,
        Settings = provider.Template.Settings,
    };
}
