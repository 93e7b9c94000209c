using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AuthServer.Pages;

/// <summary>What somebody came for before they had to sign in: an organization's invitation, an agent's claim or an account to be linked, carried from page to page.</summary>
/// <param name="Name">The parameter's name, and the page's.</param>
internal sealed record Errand(string Name, string Token)
{
    public const string Join = "join";
    public const string Claim = "claim";

    /// <summary>An account to be linked.</summary>
    public const string Connect = "connect";

    /// <summary>The same, from an address without a link: the address, below <c>/auth/</c>.</summary>
    public const string Provider = "provider";

    /// <summary>The page that it leads to.</summary>
    public string Page => Name switch
    {
        Connect => $"{AccountLinks.Path}/{Uri.EscapeDataString(Token)}",
        Provider => ProviderAddress(Token),
        _ => At("/" + Name),
    };

    /// <summary>Null where the address holds none.</summary>
    public static Errand? Of(HttpRequest request) => Of(request, Join) ?? Of(request, Claim) ?? Of(request, Connect) ?? Of(request, Provider);

    public static Errand? Of(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var token) && token.ToString() is { Length: > 0 } sent ? new Errand(name, sent) : null;

    /// <summary>The address of a page that carries it on.</summary>
    public string At(string path) => $"{path}?{Name}={Uri.EscapeDataString(Token)}";

    // Whatever it says, it leads to that page of this server.
    private static string ProviderAddress(string token)
    {
        var parts = token.Split('?', 2);
        return $"/auth/{Uri.EscapeDataString(parts[0])}{(parts.Length == 2 ? QueryString.Create(QueryHelpers.ParseQuery(parts[1])) : "")}";
    }
}
