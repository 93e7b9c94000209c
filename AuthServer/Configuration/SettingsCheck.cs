using System.Net;
using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.ExternalSignIn;
using AuthServer.Http;
using AuthServer.Http.DPoP;
using AuthServer.Keys;
using AuthServer.Mail;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using AuthServer.Webhooks;

namespace AuthServer.Configuration;

/// <summary>Checks the whole configuration and reports every fault at once, so that an operator mends them in one go.</summary>
public sealed class SettingsCheck
{
    private readonly List<string> _faults = [];

    /// <param name="urls">Where the server listens.</param>
    /// <exception cref="StartRefusedException">It cannot work; every fault is listed.</exception>
    public static AuthServerSettings Run(AuthServerOptions options, bool isDevelopment, IReadOnlyList<string> urls)
    {
        var check = new SettingsCheck();
        var settings = check.Resolve(options, isDevelopment, urls);
        return check._faults.Count == 0 ? settings : throw new StartRefusedException(check._faults);
    }

    private AuthServerSettings Resolve(AuthServerOptions options, bool isDevelopment, IReadOnlyList<string> urls)
    {
        var home = HomeFolder.Find(options.Home);
        var demo = options.Demo ?? isDevelopment;
        var signUpDefault = isDevelopment ? SignUpMode.Open : SignUpMode.Invite;
        var signUp = new SignUpPolicy(options.SignUp.People ?? signUpDefault, options.SignUp.Developers ?? signUpDefault, options.SignUp.Agents ?? signUpDefault);
        CheckDevelopmentOnly(options, isDevelopment, demo, urls);
        CheckLifetimes(options.Tokens);
        CheckLimits(options.RateLimits);
        CheckQuickstart(options.Quickstart);
        CheckApprovals(options.Approvals);
        CheckBootstrap(options.Bootstrap);
        CheckPrivateHosts("Outbound", options.Outbound.AllowedPrivateHosts);
        CheckPrivateHosts("Webhooks", options.Webhooks.AllowedPrivateHosts);
        _faults.AddRange(ApplicationSettingsCheck.Faults(options, home));
        var shared = SharedApps.Read(options.Vault.Providers, home, _faults);
        return new AuthServerSettings
        {
            Options = options,
            Issuer = ResolveIssuer(options, isDevelopment, urls),
            Home = home,
            Database = ResolveDatabase(options, home),
            Keys = ResolveKeys(options, home),
            DPoP = ResolveDPoP(options.Tokens.DPoP),
            Audit = ResolveAudit(options.Audit),
            SignUp = signUp,
            Registration = ResolveRegistration(options.Registration, isDevelopment, urls, home),
            Webhooks = ResolveWebhooks(options.Webhooks),
            Mail = MailSettingsCheck.Read(options.Mail, home, _faults),
            VaultKeys = new VaultKeySettings(string.IsNullOrWhiteSpace(options.Vault.KeyCommand) ? null : options.Vault.KeyCommand, home),
            SharedApps = shared,
            ExternalSignIn = new ExternalSettings(shared, home, options.Outbound.AllowedPrivateHosts, _faults).Read(options.SignIn.External),
            Proxies = ResolveProxies(options.Proxies),
            IsDevelopment = isDevelopment,
            Demo = demo,
        };
    }

    private void Require(bool holds, string fault)
    {
        if (!holds)
        {
            _faults.Add(fault);
        }
    }

    private IssuerUri ResolveIssuer(AuthServerOptions options, bool isDevelopment, IReadOnlyList<string> urls)
    {
        var issuer = string.IsNullOrEmpty(options.Issuer) && isDevelopment ? (urls is [var first, ..] ? first.TrimEnd('/') : null) : options.Issuer;
        if (string.IsNullOrEmpty(issuer))
        {
            _faults.Add("AuthServer:Issuer is missing. Set it to the https URL under which clients reach this server.");
            return new IssuerUri("");
        }

        var valid = Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http";
        Require(valid, $"AuthServer:Issuer '{issuer}' is not an absolute http or https URL.");
        if (valid)
        {
            // The same bytes everywhere: no spelling that a client might normalize. A path would move every well-known address.
            Require(!issuer.EndsWith('/'), "AuthServer:Issuer must not end with a slash.");
            Require(uri!.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0, "AuthServer:Issuer must have no query, fragment or user info.");
            Require(uri.AbsolutePath == "/", "AuthServer:Issuer must have no path: serve it from a host name of its own.");
            Require(uri.GetLeftPart(UriPartial.Authority) == issuer.TrimEnd('/'), $"AuthServer:Issuer must be in its normal form, such as '{uri.GetLeftPart(UriPartial.Authority)}'.");
            Require(uri.Scheme == "https" || uri.IsLoopback && isDevelopment, "AuthServer:Issuer must use https (plain http is for Development on loopback).");
        }

        return new IssuerUri(issuer);
    }

    private void CheckDevelopmentOnly(AuthServerOptions options, bool isDevelopment, bool demo, IReadOnlyList<string> urls)
    {
        var wanted = new List<string>();
        if (demo)
        {
            wanted.Add("AuthServer:Demo");
        }

        if (options.Users.Count > 0)
        {
            wanted.Add("AuthServer:Users");
        }

        if (options.Registration.Open == true)
        {
            wanted.Add("AuthServer:Registration:Open");
        }

        foreach (var key in wanted)
        {
            Require(isDevelopment, $"{key} is for Development only.");
            Require(urls.All(IsLoopback), $"{key} needs the server to listen on loopback addresses only; Urls is '{string.Join(';', urls)}'.");
        }
    }

    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url.Replace("*", "any", StringComparison.Ordinal).Replace("+", "any", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.IsLoopback;

    private void CheckLifetimes(AuthServerOptions.TokenOptions tokens)
    {
        foreach (var (name, value, most) in new[]
        {
            (nameof(tokens.Code), tokens.Code, TimeSpan.FromMinutes(10)),
            (nameof(tokens.AccessToken), tokens.AccessToken, TimeSpan.FromDays(1)),
            (nameof(tokens.IdToken), tokens.IdToken, TimeSpan.FromDays(1)),
            (nameof(tokens.RefreshAbsolute), tokens.RefreshAbsolute, TimeSpan.FromDays(3650)),
            (nameof(tokens.Consent), tokens.Consent, TimeSpan.FromDays(3650)),

            // As long as the end of a session is remembered: a copied cookie must not outlive that.
            (nameof(tokens.Session), tokens.Session, TimeSpan.FromDays(30)),
        })
        {
            Require(value > TimeSpan.Zero && value <= most, $"AuthServer:Tokens:{name} must be more than zero and at most {most}.");
        }

        Require(
            tokens.RefreshIdle >= TimeSpan.Zero && tokens.RefreshIdle <= TimeSpan.FromDays(3650),
            "AuthServer:Tokens:RefreshIdle must lie between zero (no idle limit) and 3650 days.");
        Require(tokens.RefreshGrace >= TimeSpan.Zero && tokens.RefreshGrace <= TimeSpan.FromMinutes(10), "AuthServer:Tokens:RefreshGrace must lie between zero and ten minutes.");
    }

    private DPoPSettings ResolveDPoP(AuthServerOptions.DPoPOptions dpop)
    {
        foreach (var (name, value) in new[] { (nameof(dpop.ProofLifetime), dpop.ProofLifetime), (nameof(dpop.NonceLifetime), dpop.NonceLifetime) })
        {
            Require(
                value >= TimeSpan.FromSeconds(10) && value <= TimeSpan.FromMinutes(10), $"AuthServer:Tokens:DPoP:{name} must lie between ten seconds and ten minutes.");
        }

        Require(Enum.IsDefined(dpop.RequireNonce), $"AuthServer:Tokens:DPoP:RequireNonce is not one of {string.Join(", ", Enum.GetNames<NonceRequirement>())}.");
        return new DPoPSettings(dpop.ProofLifetime, dpop.NonceLifetime, dpop.RequireNonce);
    }

    private void CheckLimits(AuthServerOptions.RateLimitOptions limits)
    {
        Require(limits.PerAddress > 0, "AuthServer:RateLimits:PerAddress must be positive.");
        Require(limits.SignIn > 0, "AuthServer:RateLimits:SignIn must be positive.");
        Require(limits.PerKey > 0, "AuthServer:RateLimits:PerKey must be positive.");
        Require(limits.OpenRequests > 0, "AuthServer:RateLimits:OpenRequests must be positive.");
        Require(limits.NewAgents > 0, "AuthServer:RateLimits:NewAgents must be positive.");
    }

    private void CheckQuickstart(AuthServerOptions.QuickstartOptions quickstart)
    {
        Require(
            quickstart.Unclaimed >= TimeSpan.FromHours(1) && quickstart.Unclaimed <= TimeSpan.FromDays(90),
            "AuthServer:Quickstart:Unclaimed must lie between an hour and 90 days.");
        Require(quickstart.MostUnclaimed > 0, "AuthServer:Quickstart:MostUnclaimed must be positive.");
        Require(quickstart.MostPerNetwork > 0, "AuthServer:Quickstart:MostPerNetwork must be positive.");
        Require(quickstart.MostPerNeighbourhood > 0, "AuthServer:Quickstart:MostPerNeighbourhood must be positive.");
    }

    private void CheckBootstrap(AuthServerOptions.BootstrapOptions bootstrap) => Require(
        string.IsNullOrEmpty(bootstrap.AdminEmail) == string.IsNullOrEmpty(bootstrap.AdminPassword),
        "AuthServer:Bootstrap needs both AdminEmail and AdminPassword, or neither.");

    private void CheckPrivateHosts(string section, List<string> hosts)
    {
        foreach (var host in hosts)
        {
            Require(
                Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var uri) && HostName.Of(uri) is { } name && $"{name}:{uri.Port}" == host,
                $"AuthServer:{section}:AllowedPrivateHosts: '{host}' is not of the form host:port, in lower case.");
        }
    }

    private RegistrationPolicy ResolveRegistration(AuthServerOptions.RegistrationOptions registration, bool isDevelopment, IReadOnlyList<string> urls, string home)
    {
        string? token = null;
        if (!string.IsNullOrEmpty(registration.InitialAccessToken) && !SecretReference.TryRead(registration.InitialAccessToken, home, out token, out var fault))
        {
            _faults.Add($"AuthServer:Registration:InitialAccessToken: {fault}");
        }

        Require(token is null or { Length: >= 32 }, "AuthServer:Registration:InitialAccessToken must have at least 32 characters.");
        Require(
            registration.Unused >= TimeSpan.FromHours(1) && registration.Unused <= TimeSpan.FromDays(3650),
            "AuthServer:Registration:Unused must lie between an hour and 3650 days.");
        return new RegistrationPolicy(
            registration.Open ?? (isDevelopment && urls.All(IsLoopback)), token is null ? null : Handle.ReferenceId(token), registration.MetadataDocuments, registration.Unused);
    }

    private DatabaseSettings ResolveDatabase(AuthServerOptions options, string home)
    {
        Require(
            DatabaseSettings.Providers.Contains(options.Database.Provider),
            $"AuthServer:Database:Provider '{options.Database.Provider}' is not one of {string.Join(", ", DatabaseSettings.Providers)}.");
        if (!SecretReference.TryRead(options.Database.ConnectionString, home, out var connectionString, out var fault))
        {
            _faults.Add($"AuthServer:Database:ConnectionString: {fault}");
        }

        var longest = options.Clients.Select(client => client.AccessTokenLifetime ?? TimeSpan.Zero).Append(options.Tokens.AccessToken).Max();
        return new DatabaseSettings(
            options.Database.Provider, connectionString ?? "", home, longest > TimeSpan.FromDays(1) ? longest : TimeSpan.FromDays(1), options.RateLimits.OpenRequests)
        {
            UnusedRegistrations = options.Registration.Unused,
        };
    }

    private KeySettings ResolveKeys(AuthServerOptions options, string home)
    {
        var keys = options.Keys;
        Require(keys.PublishAhead >= TimeSpan.FromMinutes(5), "AuthServer:Keys:PublishAhead must be at least five minutes: verifiers cache the key set that long.");
        Require(keys.RotateEvery > keys.PublishAhead, "AuthServer:Keys:RotateEvery must be longer than PublishAhead.");

        // Any ID token or access token may live a day at most; a key is kept for the longest of them.
        return new KeySettings(keys.Directory, string.IsNullOrEmpty(keys.MasterKey) ? null : keys.MasterKey, home, new KeyPeriods(keys.RotateEvery, keys.PublishAhead, TimeSpan.FromDays(1)));
    }

    private AuditSettings ResolveAudit(AuthServerOptions.AuditOptions audit)
    {
        Require(audit.Retention is null || audit.Retention >= TimeSpan.FromDays(1), "AuthServer:Audit:Retention must be at least a day, or empty: for ever.");
        return new AuditSettings(audit.Retention);
    }

    private void CheckApprovals(ApprovalOptions approvals)
    {
        Require(approvals.Wait >= TimeSpan.FromMinutes(1) && approvals.Wait <= TimeSpan.FromDays(30), "AuthServer:Approvals:Wait must lie between one minute and 30 days.");
        Require(approvals.UseWithin >= TimeSpan.FromSeconds(10) && approvals.UseWithin <= TimeSpan.FromDays(1), "AuthServer:Approvals:UseWithin must lie between ten seconds and a day.");
        Require(approvals.MostWaiting is >= 1 and <= 1000, "AuthServer:Approvals:MostWaiting must lie between 1 and 1000.");
    }

    private WebhookSettings ResolveWebhooks(AuthServerOptions.WebhookOptions webhooks)
    {
        Require(webhooks.Attempts is >= 1 and <= 20, "AuthServer:Webhooks:Attempts must lie between 1 and 20.");
        foreach (var (name, value) in new[] { (nameof(webhooks.DisableAfter), webhooks.DisableAfter), (nameof(webhooks.LogKept), webhooks.LogKept) })
        {
            Require(value >= TimeSpan.FromDays(1) && value <= TimeSpan.FromDays(365), $"AuthServer:Webhooks:{name} must lie between one and 365 days.");
        }

        // Else nobody could see any more what it was that did not reach a webhook.
        Require(webhooks.LogKept >= webhooks.DisableAfter + TimeSpan.FromDays(1), "AuthServer:Webhooks:LogKept must be longer than DisableAfter, by a day at least.");
        return new WebhookSettings(webhooks.Enabled, webhooks.Attempts, webhooks.DisableAfter, webhooks.LogKept);
    }

    private List<IPNetwork> ResolveProxies(List<string> proxies)
    {
        var networks = new List<IPNetwork>();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(proxy, out var network))
            {
                networks.Add(network);
            }
            else
            {
                _faults.Add($"AuthServer:Proxies: '{proxy}' is neither an address nor a network.");
            }
        }

        return networks;
    }
}
