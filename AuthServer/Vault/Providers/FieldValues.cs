using System.Text.RegularExpressions;
using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Protocol;

namespace AuthServer.Vault.Providers;

/// <summary>Whether a value is one that a field takes: said by people, or by the provider.</summary>
public static partial class FieldValues
{
    private const int Longest = 1000;

    // A pattern is somebody else's, and must not take this server's time. The clock goes on while a busy machine does other work.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A sentence where it is not.</summary>
    public static Sentence? Refuse(ConnectionField field, string value) =>
        !VisibleText.IsLine(value, Longest) ? $"Use at most {Longest} visible characters on one line, without spaces around them."
        : field.Options.Count > 0 && !field.Options.Contains(value) ? Sentence.Of("Use one of: {0}.", string.Join(", ", field.Options))
        : field.Pattern is { } pattern && !Fits(value, $@"\A(?:{pattern})\z") ? "It has not the form that the provider's values have."
        : field.Kind == FieldKind.Host && !Host().IsMatch(value) ? "Give the name of a host, in lower case, without https://."
        : field.Kind == FieldKind.Url && !IsUrl(value) ? "Give an https address without user, query and fragment, and without a slash at its end."
        : field.Hosts.Count > 0 && !IsWithin(field, value) ? Sentence.Of("Its host has to be one of: {0}.", string.Join(", ", field.Hosts))
        : null;

    /// <inheritdoc cref="Refuse(ConnectionField, string)"/>
    public static Sentence? Refuse(KeyField field, string value) =>
        value.Length is 0 or > Longest || value.Any(c => c is < '!' or > '~') ? $"Use 1 to {Longest} visible ASCII characters."
        : field.RefusedPattern is { } other && Fits(value, other) ? "This is a key of another kind, which does not work here."
        : field.Pattern is { } pattern && !Fits(value, pattern) ? "It has not the form that the provider's keys have."
        : null;

    /// <summary>Whether a host is one of these, or below one: <c>*.example.com</c>.</summary>
    public static bool IsOneOf(string host, IReadOnlyList<string> hosts) => hosts.Any(known => known.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(known[1..], StringComparison.OrdinalIgnoreCase) && host.Length > known.Length - 1
        : string.Equals(known, host, StringComparison.OrdinalIgnoreCase));

    /// <summary>Linear in what it reads, whoever wrote it.</summary>
    internal static Regex Expression(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);

    private static bool Fits(string value, string pattern)
    {
        try
        {
            return Expression(pattern).IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            // The framework's way to say that it took too long: what nobody can tell does not fit.
            return false;
        }
    }

    private static bool IsWithin(ConnectionField field, string value) =>
        Uri.TryCreate(field.Kind == FieldKind.Url ? value : $"https://{value}", UriKind.Absolute, out var uri) && uri.IsDefaultPort && HostName.Of(uri) is { } host && IsOneOf(host, field.Hosts);

    private static bool IsUrl(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri is { Scheme: "https", UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
        && !value.EndsWith('/') && !value.Contains('?', StringComparison.Ordinal) && !value.Contains('#', StringComparison.Ordinal) && !value.Contains('\\', StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*(:[1-9][0-9]{0,4})?\z")]
    private static partial Regex Host();
}
