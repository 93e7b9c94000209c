using System.Text.RegularExpressions;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>What this server sends by itself, and how it reads the answer.</summary>
internal static partial class CallCheck
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    // What frames a request, names its receiver or signs somebody in is not for a table to say.
    private static readonly HashSet<string> Kept = new(ContentHeaders.Names, StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect", "Cookie", "Cookie2", "Forwarded",
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via", "Proxy-Authorization", "Proxy-Connection", "Origin", "Referer",
    };

    /// <param name="inUrl">Placeholders that its address may hold besides the fields.</param>
    public static void Run(string path, ProviderCall call, UrlCheck urls, Faults faults, params string[] inUrl)
    {
        faults.Add(path + ".method", Methods.Contains(call.Method) ? null : $"Use one of: {string.Join(", ", Methods)}.");
        urls.Call(path + ".url", call.Url, inUrl);
        Headers(path + ".headers", call.Headers, urls, faults);
        faults.Add(path + ".format", call.Format != BodyFormat.None && call.Method == "GET" ? "A GET has no body." : null);
        faults.Add(path + ".fields", call.Format == BodyFormat.None && call.Fields.Count > 0 ? "Say by format how they are written." : null);
        faults.Add(
            path + ".authentication",
            call.Authentication == CallAuthentication.ClientPost && call.Format == BodyFormat.None ? "client_post goes into a body: give its format." : null);
        foreach (var (name, value) in call.Fields)
        {
            faults.Add($"{path}.fields.{name}", Parameter().IsMatch(name) ? null : "Use letters, digits and -._ for a name.");
            urls.Text($"{path}.fields.{name}", value, secrets: true, Placeholders.ClientId, Placeholders.RedirectUri);
        }
    }

    public static void Headers(string path, IReadOnlyDictionary<string, string> headers, UrlCheck urls, Faults faults)
    {
        foreach (var (name, value) in headers)
        {
            faults.Add($"{path}.{name}", RefuseHeader(name) ?? RefuseHeaderValue(value));
            urls.Text($"{path}.{name}", value, secrets: false);
        }
    }

    public static void Credential(string path, IReadOnlyList<CredentialPlace> places, UrlCheck urls, Faults faults)
    {
        faults.Add(path, places.Count is >= 1 and <= 5 ? null : "Name 1 to 5 places.");
        foreach (var (i, place) in places.Index())
        {
            var at = $"{path}[{i}]";
            faults.Add(at + ".name", place.In switch
            {
                CredentialLocation.Header => RefuseHeader(place.Name),
                CredentialLocation.Query => Parameter().IsMatch(place.Name) ? null : "Use letters, digits and -._ for a name.",
                _ => null,
            });
            if (place.In == CredentialLocation.Basic)
            {
                urls.Text(at + ".name", place.Name, secrets: true);
            }

            faults.Add(at + ".value", place.In == CredentialLocation.Header ? RefuseHeaderValue(place.Value) : null);
            urls.Text(at + ".value", place.Value, secrets: true, Placeholders.ClientId);
        }

        faults.Add(path, places.Any(place => urls.HoldsSecret(place.Value) || (place.In == CredentialLocation.Basic && urls.HoldsSecret(place.Name)))
            ? null : "Nothing of the credential stands in any of the places.");
    }

    public static void Test(string path, TestRules test, UrlCheck urls, Faults faults)
    {
        Run(path + ".call", test.Call, urls, faults);
        faults.Add(path + ".call.authentication", test.Call.Authentication == CallAuthentication.Api ? null : "A test is made with the account's credential: api.");
        Rules(path + ".accepted", test.Accepted, faults);
        Rules(path + ".limited", test.Limited, faults);
        Rules(path + ".refused", test.Refused, faults);
        faults.Add(path + ".accepted", test.Accepted.Count == 0 ? "Say what an answer to a good credential looks like." : null);
        faults.Add(path + ".refused", test.Refused.Count == 0 ? "Say what an answer to a bad credential looks like." : null);
    }

    public static void Rules(string path, IReadOnlyList<AnswerRule> rules, Faults faults)
    {
        foreach (var (i, rule) in rules.Index())
        {
            var at = $"{path}[{i}]";
            Statuses(at + ".statuses", rule.Statuses, faults);
            Paths(at + ".present", rule.Present, faults);
            Paths(at + ".absent", rule.Absent, faults);
            foreach (var (of, values) in rule.Values)
            {
                faults.Add($"{at}.values.{of}", values.Count == 0 ? "Give at least one value." : ValuePath.Refuse(of));
            }

            foreach (var (name, value) in rule.Headers)
            {
                faults.Add($"{at}.headers.{name}", HeaderName().IsMatch(name) && value.Length > 0 ? null : "Give the name of a header, and its value or *.");
            }
        }
    }

    public static void Statuses(string path, IReadOnlyList<int> statuses, Faults faults) =>
        faults.Add(path, statuses.All(status => status is >= 100 and <= 599) ? null : "Give statuses of HTTP, 100 to 599.");

    public static void Paths(string path, IReadOnlyList<string> paths, Faults faults)
    {
        foreach (var (i, one) in paths.Index())
        {
            faults.Add($"{path}[{i}]", ValuePath.Refuse(one));
        }
    }

    public static void Path(string path, string? value, Faults faults) => faults.Add(path, value is null ? null : ValuePath.Refuse(value));

    /// <summary>The name of a header that is only read.</summary>
    public static void ReadHeader(string path, string? name, Faults faults) =>
        faults.Add(path, name is null || HeaderName().IsMatch(name) ? null : "Give the name of a header.");

    public static bool IsParameter(string name) => Parameter().IsMatch(name);

    private static string? RefuseHeader(string name) =>
        !HeaderName().IsMatch(name) ? "Give the name of a header." : Kept.Contains(name) ? "This header is set by the server itself." : null;

    // RFC 9110 §5.5: what can stand in a field without anybody reading it otherwise.
    private static string? RefuseHeaderValue(string value) => value.All(c => c is >= ' ' and <= '~') && value.Trim() == value ? null : "Use visible ASCII characters, and spaces between them.";

    [GeneratedRegex(@"\A[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\z")]
    private static partial Regex HeaderName();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,60}\z")]
    private static partial Regex Parameter();
}
