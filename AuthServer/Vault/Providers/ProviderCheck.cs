using System.Text.RegularExpressions;
using AuthServer.Http;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>Whether what a provider says can be, every fault told by its path. What is checked here need not be checked by whoever calls the provider.</summary>
public static partial class ProviderCheck
{
    internal const int LongestLine = 300;

    private const int LongestName = 60;
    private const int LongestPattern = 300;
    private const int LongestValue = 200;
    private const string WordRule = "Use lower-case letters, digits and _, a letter first, 50 at most.";

    /// <param name="admits">Whether an address without placeholders may be called.</param>
    public static void Run(Provider provider, Func<Uri, bool> admits, Faults faults)
    {
        faults.Add("id", Id().IsMatch(provider.Id) ? null : "Use 2 to 40 lower-case letters, digits and _, a letter first.");
        faults.Add("name", VisibleText.IsLine(provider.Name, LongestName) ? null : $"Give a name of 1 to {LongestName} visible characters on one line.");
        faults.Add("category", Word().IsMatch(provider.Category) ? null : WordRule);
        faults.Add("provider", provider.Oauth is null && provider.ApiKey is null ? "Say how it is connected: by oauth, by api_key, or both." : null);
        Line(faults, "description", provider.Description);
        var fields = provider.Fields.Select(field => field.Name).Concat(provider.ApiKey?.Fields.Select(field => field.Name) ?? []).ToArray();
        foreach (var twice in fields.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            faults.Add("fields", $"There are two fields named {twice.Key}, those of the API key included.");
        }

        var urls = new UrlCheck(provider, admits, faults);
        foreach (var (i, field) in provider.Fields.Index())
        {
            OfField($"fields[{i}]", field, urls, faults);
        }

        ApiCheck.Run(provider, urls, faults);
        if (provider.Oauth is { } oauth)
        {
            OAuthCheck.Run(oauth, urls, faults);
        }

        ToolCheck.Run(provider.Tools, faults);
        OfSetup(provider.Setup, urls, faults);
        OfTemplate(provider, faults);
    }

    internal static void Line(Faults faults, string path, string? text) =>
        faults.Add(path, text is null || VisibleText.IsLine(text, LongestLine) ? null : $"Give 1 to {LongestLine} visible characters on one line.");

    internal static void Label(Faults faults, string path, string text) =>
        faults.Add(path, VisibleText.IsLine(text, LongestName) ? null : $"Give 1 to {LongestName} visible characters on one line.");

    internal static void Lines(Faults faults, string path, IReadOnlyList<string> texts)
    {
        foreach (var (i, text) in texts.Index())
        {
            Line(faults, $"{path}[{i}]", text);
        }
    }

    internal static void Name(Faults faults, string path, string name) =>
        faults.Add(path, !Word().IsMatch(name) ? WordRule : UrlCheck.IsTaken(name) ? "This name means something else in texts with placeholders." : null);

    internal static void OneWord(Faults faults, string path, string word) => faults.Add(path, Word().IsMatch(word) ? null : WordRule);

    internal static void Pattern(Faults faults, string path, string? pattern)
    {
        if (pattern is null)
        {
            return;
        }

        try
        {
            faults.Add(path, pattern.Length is 0 or > LongestPattern ? $"Give 1 to {LongestPattern} characters." : null);
            _ = FieldValues.Expression(pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            faults.Add(path, "This is no regular expression, or one that needs looking back or ahead.");
        }
    }

    private static void OfField(string path, ConnectionField field, UrlCheck urls, Faults faults)
    {
        Name(faults, path + ".name", field.Name);
        Label(faults, path + ".label", field.Label);
        Line(faults, path + ".help", field.Help);
        Pattern(faults, path + ".pattern", field.Pattern);
        Lines(faults, path + ".options", field.Options);
        urls.Hosts(path + ".hosts", field.Hosts);
        faults.Add(path + ".hosts", field.Hosts.Count > 0 && field.Kind == FieldKind.Text ? "Only a host or url leads somewhere." : null);
        if (field.Default is { } value && !faults.HasAny(path + "."))
        {
            faults.Add(path + ".default", value.Length > LongestValue ? $"Give {LongestValue} characters at most." : FieldValues.Refuse(field, value));
        }

        if (field.From is not { } from)
        {
            return;
        }

        faults.Add(path + ".from", from.TokenPath is null == from.Call is null ? "Give token_path or call." : null);
        faults.Add(path + ".from.token_path", from.TokenPath is null ? null : ValuePath.Refuse(from.TokenPath));
        if (from.Call is { } call)
        {
            CallCheck.Run(path + ".from.call", call, urls, faults);
            faults.Add(path + ".from.value_path", ValuePath.Refuse(from.ValuePath));
            faults.Add(path + ".from.label_path", from.LabelPath is null ? null : ValuePath.Refuse(from.LabelPath));
        }

        // It is sent the account's token, so somebody has to say which hosts are the provider's.
        faults.Add(path + ".hosts", field.Kind != FieldKind.Text && field.Hosts.Count == 0 ? "Name the hosts that are the provider's own." : null);
    }

    private static void OfSetup(ProviderSetup setup, UrlCheck urls, Faults faults)
    {
        urls.Page("setup.app_url", setup.AppUrl);
        urls.Page("setup.key_url", setup.KeyUrl);
        urls.Page("setup.documentation_url", setup.DocumentationUrl);
        urls.Page("setup.revoke_url", setup.RevokeUrl);
        Lines(faults, "setup.steps", setup.Steps);
        Lines(faults, "setup.key_steps", setup.KeySteps);
        Lines(faults, "setup.cautions", setup.Cautions);
        Label(faults, "setup.callback_label", setup.CallbackLabel);
        Label(faults, "setup.client_id_label", setup.ClientIdLabel);
        Label(faults, "setup.client_secret_label", setup.ClientSecretLabel);
    }

    private static void OfTemplate(Provider provider, Faults faults)
    {
        var settings = provider.Template.Settings;
        faults.Add("template.settings.rate_limit", settings.RateLimit is null or (>= 1 and <= 100_000) ? null : "Give 1 to 100000 calls per minute.");
        faults.Add("template.settings.timeout", settings.Timeout is null or (>= 1 and <= 300) ? null : "Give 1 to 300 seconds.");
        OAuthCheck.Described("template.scopes", provider.Template.Scopes, provider.Oauth?.Scopes.Known ?? [], faults);
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{1,39}\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,49}\z")]
    private static partial Regex Word();
}
