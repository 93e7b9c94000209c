using AuthServer.Protocol.Clients;

namespace AuthServer.Endpoints;

/// <summary>A checked request to sign out: on whose behalf, and where to go afterwards.</summary>
/// <param name="Uri">A registered post-logout redirect URI; null: our own page.</param>
public sealed record LogoutTarget(Client? Client, string? Uri, string? State)
{
    public string Location => Uri is null
        ? Routes.SignedOut
        : State is null ? Uri : $"{Uri}{(Uri.Contains('?', StringComparison.Ordinal) ? '&' : '?')}state={System.Uri.EscapeDataString(State)}";

    /// <summary>The page that asks; it checks the same three values again.</summary>
    public string ConfirmAt => Routes.SignOut + Query([
        new("client_id", Client?.ClientId), new("post_logout_redirect_uri", Uri), new("state", State)]);

    private static string Query(KeyValuePair<string, string?>[] values)
    {
        var present = values.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={System.Uri.EscapeDataString(pair.Value!)}").ToArray();
        return present.Length == 0 ? "" : "?" + string.Join('&', present);
    }
}
