using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>The head of a connection's pages: what it is, its state, and the way from one page to the next.</summary>
/// <param name="Provider">Its provider's name, for people.</param>
/// <param name="Current">The page that is shown: the last part of its address; empty: the settings.</param>
public sealed record ConnectionTabs(ConnectionItem Connection, string Provider, string Current)
{
    public static string At(string id) => $"/developer/connections/{id}";

    /// <summary>Title and address of each.</summary>
    public IEnumerable<(string Title, string Address, bool IsCurrent)> All =>
        from page in new[] { ("", T("Settings")), ("accounts", T("Accounts")), ("test", T("Test")), ("templates", T("Templates")), ("monitoring", T("Monitoring")), ("log", T("Log")), ("versions", T("Versions")) }
        where page.Item1 != "accounts" || Connection.AuthType == AuthType.Oauth2
        select (page.Item2, page.Item1.Length == 0 ? At(Connection.Id) : $"{At(Connection.Id)}/{page.Item1}", page.Item1 == Current);
}
