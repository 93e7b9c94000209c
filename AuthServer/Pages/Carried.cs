using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages;

/// <summary>What somebody came for, as it stands in the address: carried to a provider and back, and to whatever page is between.</summary>
internal static class Carried
{
    public const string Link = "link";
    public const string RequestId = "request_id";
    public const string Invitation = "invitation";
    public const string Again = "again";

    /// <summary>The page that somebody came for who is not signed in, or not any more.</summary>
    public const string To = "to";

    private const int Longest = 1500;

    private static readonly string[] Errands = [Errand.Join, Errand.Claim, Errand.Connect, Errand.Provider];

    // What nobody sees who is not signed in.
    private static readonly string[] Behind = ["/account", "/admin", "/approvals", "/claim", "/dashboard", "/delegation", "/developer", "/setup"];

    // But for this: the set-up link is for who has no account yet.
    private const string SetUpLink = "/setup?invitation=";

    private static readonly string[] Names = [RequestId, .. Errands, Invitation, Link, Again, To];

    public static IReadOnlyDictionary<string, string> Of(HttpRequest request) => Names
        .Where(name => request.Query[name] is [{ Length: > 0 and <= Longest }])
        .ToDictionary(name => name, name => request.Query[name].ToString(), StringComparer.Ordinal);

    /// <summary>The address of one of our pages that carries it on.</summary>
    public static string At(string path, IReadOnlyDictionary<string, string> carried) => carried.Count == 0
        ? path
        : path + "?" + string.Join('&', carried.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));

    public static string At(this HttpRequest request, string path) => At(path, Of(request));

    /// <summary>The page of the account for which somebody had to sign in once more, or the one that they came for; null: none.</summary>
    public static string? PageFor(IReadOnlyDictionary<string, string> carried) => carried.GetValueOrDefault(Again) switch
    {
        "sign-ins" => "/account/sign-ins",
        "password" => "/account/password",
        "address" => "/account/address",
        "authenticator" => "/account/authenticator",
        "recovery-codes" => "/account/recovery-codes",
        "passkeys" => "/account/passkeys",
        "remove" => "/account/remove",
        "setup" => "/setup",
        { } page when IsBehind(page) => page,
        _ => carried.GetValueOrDefault(To) is { } page && IsBehind(page) ? page : null,
    };

    /// <summary>This page's own address, for who reads it and not for what its form does; null: it is open to everybody, or its address is too odd to be carried.</summary>
    public static string? Here(HttpRequest request) => PageOf(request) is { } page && IsBehind(page) ? page : null;

    /// <summary>This page's own address, whoever may read it; null: it is too odd to be written.</summary>
    public static string? PageOf(HttpRequest request)
    {
        var query = QueryString.Create(request.Query.Where(pair => !string.Equals(pair.Key, "handler", StringComparison.OrdinalIgnoreCase)));
        var page = request.Path.ToUriComponent() + (request.Query.ContainsKey("handler") ? query : request.QueryString);
        return page.Length <= Longest && !page.StartsWith("//", StringComparison.Ordinal) && IsPlain(page) ? page : null;
    }

    /// <summary>Where to sign in, and come back to this page.</summary>
    public static string SignInAt(HttpRequest request) => Here(request) is { } page ? $"/sign-in?{To}={Uri.EscapeDataString(page)}" : "/sign-in";

    /// <summary>Where to sign in once more, and come back to this page.</summary>
    public static string SignInAgainAt(string page) => $"/sign-in?{Again}={Uri.EscapeDataString(page)}";

    /// <summary>Whether it is the address of one of our own pages that ask for a sign-in, and nothing that a browser could read as another's.</summary>
    private static bool IsBehind(string page) =>
        Behind.Any(start => page.StartsWith(start, StringComparison.Ordinal) && (page.Length == start.Length || page[start.Length] is '/' or '?'))
        && !page.StartsWith(SetUpLink, StringComparison.OrdinalIgnoreCase)
        && IsPlain(page);

    private static bool IsPlain(string page) =>
        !page.Split('?')[0].Contains("..", StringComparison.Ordinal)
        && page.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '?' or '&' or '=' or '_' or '-' or '.' or '%' or '+' or ':' or ',' or '*' or '~' or '!' or '@');

    /// <summary>Where to go once somebody is signed in: never but to a page of ours.</summary>
    public static string Next(IReadOnlyDictionary<string, string> carried)
    {
        if (carried.ContainsKey(Link))
        {
            return At("/link", carried);
        }

        return carried.TryGetValue(RequestId, out var id) ? $"{Endpoints.Routes.Authorize}?request_id={Uri.EscapeDataString(id)}"
            : Errands.FirstOrDefault(carried.ContainsKey) is { } errand ? new Errand(errand, carried[errand]).Page
            : PageFor(carried) ?? "/account";
    }
}
