namespace AuthServer.Configuration;

/// <summary>What works, and yet is not as an operator should leave it. <see cref="SettingsCheck"/> finds what does not work at all.</summary>
public static class SettingsFindings
{
    private static readonly string[] References = ["file:", "env:", "command:"];

    public static IReadOnlyList<SettingFinding> Of(AuthServerSettings settings, IReadOnlyList<string> urls)
    {
        var options = settings.Options;
        List<SettingFinding> findings = [];
        Add(settings.IsDevelopment, FindingKind.Development, "ASPNETCORE_ENVIRONMENT");
        Add(settings.Issuer.Value.StartsWith("http:", StringComparison.Ordinal), FindingKind.PlainIssuer, "AuthServer:Issuer");
        Add(settings.Mail.Server is null, FindingKind.NoMail, "AuthServer:Mail:Host");
        Add(!settings.IsDevelopment && settings.SignUp.People == SignUpMode.Open, FindingKind.OpenSignUp, "AuthServer:SignUp:People");
        Add(!settings.IsDevelopment && settings.SignUp.Developers == SignUpMode.Open, FindingKind.OpenSignUp, "AuthServer:SignUp:Developers");
        Add(!settings.IsDevelopment && settings.SignUp.Agents == SignUpMode.Open, FindingKind.OpenSignUp, "AuthServer:SignUp:Agents");
        Add(settings.Registration.IsOpen, FindingKind.OpenRegistration, "AuthServer:Registration:Open");
        Add(settings.Demo, FindingKind.Demo, "AuthServer:Demo");
        Add(options.Users.Count > 0, FindingKind.ConfiguredPeople, "AuthServer:Users");
        Add(IsWritten(options.Bootstrap.AdminPassword), FindingKind.WrittenSecret, "AuthServer:Bootstrap:AdminPassword");
        Add(IsWritten(options.Mail.Password), FindingKind.WrittenSecret, "AuthServer:Mail:Password");
        Add(IsWritten(options.Keys.MasterKey), FindingKind.WrittenSecret, "AuthServer:Keys:MasterKey");
        Add(IsWritten(options.Registration.InitialAccessToken), FindingKind.WrittenSecret, "AuthServer:Registration:InitialAccessToken");
        Add(options.Outbound.AllowedPrivateHosts.Count > 0, FindingKind.PrivateHosts, "AuthServer:Outbound:AllowedPrivateHosts");
        Add(options.Webhooks.AllowedPrivateHosts.Count > 0, FindingKind.PrivateHosts, "AuthServer:Webhooks:AllowedPrivateHosts");

        // Somebody ends TLS before it, and every caller seems to come from there.
        var isBehindProxy = settings.Issuer.Value.StartsWith("https:", StringComparison.Ordinal) && urls.All(url => url.StartsWith("http:", StringComparison.Ordinal));
        Add(isBehindProxy && settings.Proxies.Count == 0, FindingKind.NoProxies, "AuthServer:Proxies");
        return findings;

        void Add(bool holds, FindingKind kind, string key)
        {
            if (holds)
            {
                findings.Add(new SettingFinding(kind, key));
            }
        }
    }

    private static bool IsWritten(string? secret) =>
        !string.IsNullOrEmpty(secret) && !References.Any(reference => secret.StartsWith(reference, StringComparison.Ordinal));
}

/// <param name="Key">The setting that it is about.</param>
public sealed record SettingFinding(FindingKind Kind, string Key);

public enum FindingKind
{
    Development,
    PlainIssuer,
    NoMail,
    OpenSignUp,
    OpenRegistration,
    Demo,
    ConfiguredPeople,

    /// <summary>A secret stands in the configuration itself, not where a reference leads.</summary>
    WrittenSecret,
    PrivateHosts,
    NoProxies,
}
