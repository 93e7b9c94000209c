using AuthServer.Keys;
using AuthServer.Protocol;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.ExternalSignIn;

/// <summary>Reads <c>AuthServer:SignIn:External</c>, with every fault told by its key.</summary>
internal sealed class ExternalSettings(SharedApps shared, string home, IReadOnlyCollection<string> privateHosts, List<string> faults)
{
    private const string Setting = "AuthServer:SignIn:External";
    private const int Most = 20;
    private const int LongestId = 40;
    private const int LongestText = 300;
    private const int LongestLogo = 32 * 1024;

    private static readonly string[] UsualScopes = ["openid", "profile", "email"];

    public ExternalProviders Read(IReadOnlyList<AuthServerOptions.ExternalOptions> options)
    {
        var providers = options.Select((one, i) => Read(one, $"{Setting}:{i}")).OfType<ExternalProvider>().ToList();
        if (options.Count > Most)
        {
            faults.Add($"{Setting} has more than {Most} providers.");
        }

        foreach (var twice in providers.GroupBy(provider => provider.Id).Where(group => group.Count() > 1))
        {
            faults.Add($"{Setting} has '{twice.Key}' more than once.");
        }

        return new ExternalProviders(providers);
    }

    /// <summary>Null: a fault was told.</summary>
    private ExternalProvider? Read(AuthServerOptions.ExternalOptions one, string at)
    {
        var before = faults.Count;
        var family = ProviderFamily.Find(one.Id);
        Require(one.Id is { Length: > 0 and <= LongestId } id && id.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_'), $"{at}:Id must be 1 to {LongestId} lower-case letters, digits, - and _.");
        Require(one.Name is null or { Length: > 0 and <= LongestId }, $"{at}:Name must have 1 to {LongestId} characters.");
        Require(family is not null || !string.IsNullOrWhiteSpace(one.Name), $"{at}:Name is missing.");
        Require(one.Scopes.Count == 0 || one.Scopes.Contains("openid"), $"{at}:Scopes must hold openid.");
        Require(one.Scopes.TrueForAll(scope => scope is { Length: > 0 and <= LongestText } && !scope.Any(c => c is < '!' or > '~')), $"{at}:Scopes must be visible ASCII characters, one scope each.");
        Require(one.Tenants.TrueForAll(tenant => Guid.TryParseExact(tenant, "D", out _)), $"{at}:Tenants are the ids of directories, such as 72f988bf-86f1-41af-91ab-2d7cd011db47.");
        Require(one.Connection is null || one.Connection.StartsWith("conn_", StringComparison.Ordinal), $"{at}:Connection is the id of a connection, conn_….");
        Require(one.Logo is null or { Length: <= LongestLogo } && one.Logo?.StartsWith("data:image/", StringComparison.Ordinal) != false, $"{at}:Logo is an image as data:image/…, at most {LongestLogo / 1024} KiB.");
        var provider = family is null ? OfIssuer(one, at) : OfFamily(one, family, at);
        return faults.Count == before ? provider : null;
    }

    /// <summary>Google or Microsoft: by the app that all the installation's connections share, or one of its own.</summary>
    private ExternalProvider? OfFamily(AuthServerOptions.ExternalOptions one, ProviderFamily family, string at)
    {
        Require(one.Issuer is null && one.Discovery is null, $"{at}: Issuer and Discovery of '{family.Id}' are known. Choose another Id for another provider.");
        var known = family.Providers.Where(provider => provider.Oauth?.Discovery is not null).ToList();
        var definition = known.Find(provider => shared.Find(provider) is not null) ?? known[0];
        AppCredentials? credentials = null;
        if (!string.IsNullOrEmpty(one.ClientId))
        {
            credentials = Credentials(one, at);
        }
        else if (shared.Find(definition) is { } app)
        {
            credentials = new AppCredentials(app.ClientId, app.ClientSecret, IsShared: true);
        }
        else
        {
            faults.Add($"{at}: there is no app. Set AuthServer:Vault:Providers:{family.Id}:ClientId and :ClientSecret, or ClientId and ClientSecret here.");
        }

        // One directory: its own page is shown, and not the one for all.
        Dictionary<string, string> fields = one.Tenants is [var tenant] && definition.Field("tenant") is not null ? new() { ["tenant"] = tenant } : [];
        var rules = definition.Oauth!.Discovery!;
        var discovery = Placeholders.FillUrl(rules.Url, name => fields.GetValueOrDefault(name) ?? definition.Field(name)?.Default);
        Require(one.Tenants.Count == 0 || rules.Issuer!.Contains("{tid}", StringComparison.Ordinal), $"{at}:Tenants: '{family.Id}' has none.");
        return credentials is null ? null : new ExternalProvider(family.Id, one.Name ?? family.Name, definition, credentials)
        {
            Discovery = new Uri(discovery!),
            Issuer = rules.Issuer!,
            SubjectClaims = definition.Oauth.Identity.AccountKey.IdToken,
            Scopes = one.Scopes.Count > 0 ? one.Scopes : UsualScopes,
            Tenants = one.Tenants,
            Fields = fields,
            ConnectionId = one.Connection,
            Logo = one.Logo,
        };
    }

    private ExternalProvider? OfIssuer(AuthServerOptions.ExternalOptions one, string at)
    {
        var credentials = Credentials(one, at);
        var hasTenants = one.Issuer?.Contains("{tid}", StringComparison.Ordinal) == true;
        Require(IsAddress(one.Issuer?.Replace("{tid}", "tid", StringComparison.Ordinal)), $"{at}:Issuer must be the provider's https address exactly as its ID tokens say it, without query and fragment.");
        Require(!hasTenants || one.Discovery is not null, $"{at}:Discovery is missing: an issuer with {{tid}} does not say where its document is.");
        Require(one.Discovery is null || IsAddress(one.Discovery), $"{at}:Discovery must be an https address.");
        Require(one.Tenants.Count == 0 || hasTenants, $"{at}:Tenants need an Issuer with {{tid}} in it.");
        if (credentials is null || one.Issuer is not { } issuer || !Uri.TryCreate(one.Discovery ?? issuer.TrimEnd('/') + "/.well-known/openid-configuration", UriKind.Absolute, out var discovery))
        {
            return null;
        }

        string[] subject = hasTenants ? ["tid", "oid"] : ["sub"];
        return new ExternalProvider(one.Id ?? "", one.Name ?? "", Definition(one, subject), credentials)
        {
            Discovery = discovery,
            Issuer = issuer,
            SubjectClaims = subject,
            Scopes = one.Scopes.Count > 0 ? one.Scopes : UsualScopes,
            Tenants = one.Tenants,
            ConnectionId = one.Connection,
            Logo = one.Logo,
        };
    }

    /// <summary>As the vault describes providers: all but the addresses is the standard's.</summary>
    private static Provider Definition(AuthServerOptions.ExternalOptions one, string[] subject) => new()
    {
        Id = one.Id ?? "",
        Name = one.Name ?? "",
        Oauth = new OAuthRules { Identity = new IdentityRules { AccountKey = new AccountKeyRules { IdToken = subject } } },
    };

    private AppCredentials? Credentials(AuthServerOptions.ExternalOptions one, string at)
    {
        string? secret = null;
        Require(one.ClientId is { Length: > 0 and <= LongestText } && !one.ClientId.Any(c => c is < '!' or > '~'), $"{at}:ClientId must be 1 to {LongestText} visible ASCII characters.");
        if (!string.IsNullOrEmpty(one.ClientSecret) && !SecretReference.TryRead(one.ClientSecret, home, out secret, out var fault))
        {
            faults.Add($"{at}:ClientSecret: {fault}");
        }

        return new AppCredentials(one.ClientId ?? "", secret, IsShared: false);
    }

    private bool IsAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
        && (uri.Scheme == "https" || (uri.Scheme == "http" && privateHosts.Contains($"{HostName.Of(uri)}:{uri.Port}")));

    private void Require(bool holds, string fault)
    {
        if (!holds)
        {
            faults.Add(fault);
        }
    }
}
