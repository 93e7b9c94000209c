using System.Text.RegularExpressions;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>Whether the value of a provider's field may stand in an address: it fits its pattern, and never leaves its place.</summary>
public static partial class FieldValues
{
    private const int Longest = 500;

    // A pattern is somebody else's, and must not take this server's time.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>The values of a connection, with the defaults; null: one that is required is missing, or does not fit.</summary>
    public static IReadOnlyDictionary<string, string>? Read(Provider provider, IReadOnlyDictionary<string, string> given)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var field in provider.Fields.Where(field => !field.IsOfAccount))
        {
            var value = given.GetValueOrDefault(field.Name) is { Length: > 0 } said ? said : field.Default;
            if (value is null ? field.Required : !Fits(field, value))
            {
                return null;
            }

            if (value is not null)
            {
                values[field.Name] = value;
            }
        }

        return values;
    }

    public static bool Fits(ConnectionField field, string value) =>
        value.Length is > 0 and <= Longest
        && !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c))
        && (field.Options.Count == 0 || field.Options.Contains(value))
        && (field.Pattern is null || FitsPattern(field.Pattern, value))
        && field.Kind switch
        {
            FieldKind.Host => Host().IsMatch(value) && IsAmong(field.Hosts, value.Split(':')[0]),
            FieldKind.Url => IsAddress(value) && IsAmong(field.Hosts, new Uri(value).Host),

            // It can stand in a host, as a subdomain does, or be a segment of a path: nothing ends one there, and nothing goes up.
            _ => !value.AsSpan().ContainsAny("/\\?#@:%[]{}") && value.Trim('.').Length > 0,
        };

    /// <summary>Whether a host is one of these: names, or <c>*.example.com</c> for all below one. Of none at all every host is.</summary>
    public static bool IsAmong(IReadOnlyList<string> hosts, string host) => hosts.Count == 0 || hosts.Any(one => one.StartsWith("*.", StringComparison.Ordinal)
        ? host.Length > one.Length - 1 && host.EndsWith(one[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(one, StringComparison.OrdinalIgnoreCase));

    private static bool IsAddress(string value) =>
        value[^1] != '/' && !value.AsSpan().ContainsAny("?#@\\{}")
        && Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0;

    private static bool FitsPattern(string pattern, string value)
    {
        try
        {
            return Regex.IsMatch(value, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, Patience);
        }
        catch (Exception e) when (e is RegexMatchTimeoutException or RegexParseException)
        {
            // The framework's ways to say that it took too long, and that it is no pattern: then nothing fits.
            return false;
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?)*(?::[0-9]{1,5})?\z")]
    private static partial Regex Host();
}
