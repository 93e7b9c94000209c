using System.Text.RegularExpressions;

namespace AuthServer.Vault.Providers;

/// <summary>The <c>{name}</c>s in a provider's texts. Braces around anything but a name are text.</summary>
public static partial class Placeholders
{
    /// <summary>The app's id and the address that the provider sends people back to.</summary>
    public const string ClientId = "client_id";

    public const string ClientSecret = "client_secret";

    public const string RedirectUri = "redirect_uri";

    public const string State = "state";

    public const string AccessToken = "access_token";

    public const string RefreshToken = "refresh_token";

    /// <summary>The refresh token, and where there is none, the access token.</summary>
    public const string Token = "token";

    /// <summary>This server's own address.</summary>
    public const string Issuer = "issuer";

    /// <summary>The names that a text holds.</summary>
    public static IEnumerable<string> Of(string text) => Names().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>The text with values in it; null where one is missing.</summary>
    /// <param name="value">Null: there is none.</param>
    public static string? Fill(string text, Func<string, string?> value) => Fill(text, value, static (_, found) => found);

    /// <summary>An address with values in it; null where one is missing, or leads elsewhere. A value that begins the address is an address, one in the host
    /// is a part of a host's name, any other is encoded.</summary>
    public static string? FillUrl(string url, Func<string, string?> value)
    {
        var pathAt = PathOf(url);
        return Fill(url, value, (match, found) => match.Index < pathAt ? ((match.Index == 0 ? Address() : HostPart()).IsMatch(found) ? found : null)

            // RFC 3986 §5.2.4: dots alone would leave out what stands before them.
            : found.Trim('.').Length == 0 ? null
            : Uri.EscapeDataString(found));
    }

    /// <summary>The names before the path begins: a host, or an address.</summary>
    public static IEnumerable<string> OfHost(string url) => Of(url[..PathOf(url)]);

    private static int PathOf(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var path = url.IndexOfAny(['/', '?', '#'], scheme < 0 ? 0 : scheme + 3);
        return path < 0 ? url.Length : path;
    }

    private static string? Fill(string text, Func<string, string?> value, Func<Match, string, string?> write)
    {
        var complete = true;
        var filled = Names().Replace(text, match =>
        {
            if (value(match.Groups[1].Value) is { } found && write(match, found) is { } written)
            {
                return written;
            }

            complete = false;
            return "";
        });
        return complete ? filled : null;
    }

    [GeneratedRegex(@"\Ahttps?://[^\s/?#@\\]+(/[^\s?#@\\]*)?\z")]
    private static partial Regex Address();

    [GeneratedRegex(@"\A[A-Za-z0-9.-]+(:[0-9]{1,5})?\z")]
    private static partial Regex HostPart();

    [GeneratedRegex(@"\{([a-z][a-z0-9_]{0,49})\}")]
    private static partial Regex Names();
}
