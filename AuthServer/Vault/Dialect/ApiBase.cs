using AuthServer.Vault.Accounts;

namespace AuthServer.Vault.Dialect;

/// <summary>Where a connection's API is.</summary>
public static class ApiBase
{
    /// <summary>Null: a field that the address needs is not known (yet).</summary>
    public static string? Of(ProviderApp app, TokenSet tokens) =>
        app.Settings.BaseUrl ?? FilledAddress.Of(app.Provider, app.Provider.Api.BaseUrl, name => app.Value(name) ?? tokens.Fields?.GetValueOrDefault(name));
}
