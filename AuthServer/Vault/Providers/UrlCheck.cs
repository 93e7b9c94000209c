using System.Text.RegularExpressions;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>The addresses of a provider: https, to hosts that may be asked, and with placeholders that something gives.</summary>
internal sealed partial class UrlCheck(Provider provider, Func<Uri, bool> admits, Faults faults)
{
    private const int Longest = 1000;
    private const string Rule = "Give an https address without user and fragment.";

    // A value that stands where no host is.
    private const string Sample = "sample";

    private static readonly string[] Tokens = [Placeholders.AccessToken, Placeholders.RefreshToken, Placeholders.Token];

    private readonly HashSet<string> _secrets =
        [Placeholders.ClientSecret, .. Tokens, .. provider.ApiKey?.Fields.Where(field => field.Secret).Select(field => field.Name) ?? []];

    private readonly HashSet<string> _open = [.. provider.Fields.Select(field => field.Name), .. provider.ApiKey?.Fields.Where(field => !field.Secret).Select(field => field.Name) ?? []];

    private readonly HashSet<string> _ofConnection = [.. provider.Fields.Where(field => !field.IsOfAccount).Select(field => field.Name)];

    /// <summary>Whether no field may have this name.</summary>
    public static bool IsTaken(string name) =>
        Tokens.Contains(name) || name is Placeholders.ClientId or Placeholders.ClientSecret or Placeholders.RedirectUri or Placeholders.State or Placeholders.Issuer;

    /// <summary>Where people are sent, or an app asks: before there is an account.</summary>
    public void Endpoint(string path, string? url) => Check(path, url, _ofConnection.Contains, query: true);

    /// <summary>Where an account's credential is sent.</summary>
    /// <param name="more">Placeholders that are there besides the fields.</param>
    public void Call(string path, string? url, params string[] more) => Check(path, url, name => _open.Contains(name) || more.Contains(name), query: true);

    /// <summary>What paths are put behind.</summary>
    public void Base(string path, string? url)
    {
        Check(path, url, _open.Contains, query: false);
        faults.Add(path, url?.EndsWith('/') == true ? "Leave out the slash at its end." : null);
    }

    /// <summary>A page for people; null: there is none.</summary>
    public void Page(string path, string? url)
    {
        if (url is not null)
        {
            Endpoint(path, url);
        }
    }

    /// <param name="hosts">Names, or <c>*.example.com</c>; each may have a port.</param>
    public void Hosts(string path, IReadOnlyList<string> hosts)
    {
        foreach (var (i, host) in hosts.Index())
        {
            var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
            faults.Add($"{path}[{i}]", HostName().IsMatch(name) && Uri.TryCreate($"https://{name}/", UriKind.Absolute, out var uri) && admits(uri)
                ? null : "Give the name of a public host, or *. and such a name for all below it; with a port where it is not 443.");
        }
    }

    /// <summary>A text that is sent: on one line, with placeholders that something gives.</summary>
    /// <param name="secrets">Whether it is sent where a secret may go.</param>
    public void Text(string path, string text, bool secrets, params string[] more)
    {
        faults.Add(path, text.Length is > 0 and <= Longest && !text.Any(char.IsControl) ? null : $"Give 1 to {Longest} characters on one line.");
        Placed(path, text, name => name == Placeholders.Issuer || _open.Contains(name) || more.Contains(name) || (secrets && _secrets.Contains(name)));
    }

    /// <summary>Whether a text holds something that nobody but its owner may know.</summary>
    public bool HoldsSecret(string text) => Placeholders.Of(text).Any(_secrets.Contains);

    /// <summary>Whether it is the provider's, an account's or an app's.</summary>
    public bool IsConnectionField(string name) => _ofConnection.Contains(name);

    private void Check(string path, string? url, Func<string, bool> isGiven, bool query)
    {
        if (url is not { Length: > 0 and <= Longest } || url.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '#' or '\\') || (!query && url.Contains('?', StringComparison.Ordinal)))
        {
            faults.Add(path, Rule);
            return;
        }

        if (!Placed(path, url, isGiven))
        {
            return;
        }

        var host = Placeholders.OfHost(url).ToArray();
        var open = host.FirstOrDefault(name => !IsBounded(name, url));
        var filled = Placeholders.FillUrl(url, SampleOf);
        faults.Add(path, open is not null ? $"{{{open}}} stands in the host: make it a field of the kind host or url, or give it a pattern or options."
            : !Uri.TryCreate(filled, UriKind.Absolute, out var uri) || uri is not { Scheme: "https" or "http", UserInfo.Length: 0 } ? Rule

            // Plain http is for hosts that the operator has named. Which ones these are is nobody's business: one sentence for all.
            : (host.Length == 0 || uri.Scheme == "http") && !admits(uri) ? Rule
            : null);
    }

    private bool Placed(string path, string text, Func<string, bool> isGiven)
    {
        foreach (var name in Placeholders.Of(text).Distinct().Where(name => !isGiven(name)))
        {
            faults.Add(path, _secrets.Contains(name) ? $"{{{name}}} must not stand here: it is a secret." : $"Nothing gives {{{name}}} here.");
            return false;
        }

        return true;
    }

    private bool IsBounded(string name, string url) => provider.Field(name) is { } field
        ? field.Kind switch
        {
            FieldKind.Host => true,
            FieldKind.Url => url.StartsWith($"{{{name}}}", StringComparison.Ordinal),
            _ => field.Options.Count > 0 || field.Pattern is not null,
        }
        : provider.ApiKey?.Field(name)?.Pattern is not null;

    private string SampleOf(string name) => provider.Field(name) is not { } field ? Sample
        : field.Default ?? (field.Options is [var option, ..] ? option : null) ?? field.Kind switch
        {
            FieldKind.Host => "host.example.com",
            FieldKind.Url => "https://host.example.com",
            _ => Sample,
        };

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)+(:[1-9][0-9]{0,4})?\z")]
    private static partial Regex HostName();
}
