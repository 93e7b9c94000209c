using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages;

/// <summary>What somebody came for before they had to sign in: an organization's invitation or an agent's claim, carried from page to page as a link's token.</summary>
/// <param name="Name">The parameter's name, and the page's.</param>
internal sealed record Errand(string Name, string Token)
{
    public const string Join = "join";
    public const string Claim = "claim";

    /// <summary>The page that it leads to.</summary>
    public string Page => At("/" + Name);

    /// <summary>Null where the address holds none.</summary>
    public static Errand? Of(HttpRequest request) => Of(request, Join) ?? Of(request, Claim);

    public static Errand? Of(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var token) && token.ToString() is { Length: > 0 } sent ? new Errand(name, sent) : null;

    /// <summary>The address of a page that carries it on.</summary>
    public string At(string path) => $"{path}?{Name}={Uri.EscapeDataString(Token)}";
}
