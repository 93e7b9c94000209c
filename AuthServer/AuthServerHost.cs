using AuthServer.Accounts;
using AuthServer.Administration;
using AuthServer.Agents;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Branding;
using AuthServer.Certificates;
using AuthServer.Configuration;
using AuthServer.Consents;
using AuthServer.Data;
using AuthServer.Delegations;
using AuthServer.Docs;
using AuthServer.Endpoints;
using AuthServer.Endpoints.Rest;
using AuthServer.ExternalSignIn;
using AuthServer.Figures;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.DPoP;
using AuthServer.Http.OpenApi;
using AuthServer.Keys;
using AuthServer.Languages;
using AuthServer.Mail;
using AuthServer.Mcp;
using AuthServer.Notices;
using AuthServer.Organizations;
using AuthServer.Outbound;
using AuthServer.Pages;
using AuthServer.Pages.Portal;
using AuthServer.Pages.Reading;
using AuthServer.Policies;
using AuthServer.Policies.AuthZen;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using AuthServer.SetUp;
using AuthServer.Vault;
using AuthServer.Vault.Secrets;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;


namespace AuthServer;

/// <summary>The composition root: what is registered and what is mapped, in reading order.</summary>
public static class AuthServerHost
{
    /// <summary>Runs the command line; the process's exit code.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        Cultures.Pin();
        return Commands.RunAsync(args);
    }

    /// <summary>The server, composed and prepared, with its routes mapped, but not listening yet.</summary>
    /// <param name="configure">For tests: replaces what is registered.</param>
    /// <exception cref="StartRefusedException">It cannot work as it is configured; every fault is listed.</exception>
    public static Task<WebApplication> CreateAsync(string[] args, Action<IServiceCollection>? configure, CancellationToken ct) =>
        CreateAsync(args, configure, PrepareAsync, ct);

    /// <summary>The same services for a command, which may run beside a server: the database is ready. The keys are not open, because one may be
    /// lost; and the configuration is not applied, because the command's shell may know less of it than the server does.</summary>
    /// <exception cref="StartRefusedException">It cannot work as it is configured; every fault is listed.</exception>
    internal static Task<WebApplication> CreateForCommandAsync(CancellationToken ct) =>
        CreateAsync([], null, static (app, _, ct) => app.Services.GetRequiredService<DatabaseStart>().MigrateAsync(ct), ct);

    private static async Task<WebApplication> CreateAsync(
        string[] args, Action<IServiceCollection>? configure, Func<WebApplication, AuthServerSettings, CancellationToken, Task> prepare, CancellationToken ct)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(AuthServerHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Configuration.Environments.Current(args),
        });
        ConfigurationSources.Arrange(builder.Configuration, args);
        var settings = ReadSettings(builder);
        ConfigureServer(builder);
        Register(builder.Services, settings);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        try
        {
            await prepare(app, settings, ct);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>What must hold before the first request: database, keys, configured clients and people; then the routes.</summary>
    private static async Task PrepareAsync(WebApplication app, AuthServerSettings settings, CancellationToken ct)
    {
        var services = app.Services;
        await services.GetRequiredService<DatabaseStart>().MigrateAsync(ct);
        if (await services.OpenKeysAsync(ct) is { Count: > 0 } faults)
        {
            throw new StartRefusedException(faults);
        }

        if (await services.OpenVaultAsync(ct) is { Count: > 0 } closed)
        {
            throw new StartRefusedException(closed);
        }

        await services.GetRequiredService<RevocationFeed>().LoadAsync(ct);
        await services.GetRequiredService<ConfiguredData>().ApplyAsync(ct);

        // The keys were first: what is mapped signs and seals with them.
        Map(app, settings);
    }

    private static AuthServerSettings ReadSettings(WebApplicationBuilder builder)
    {
        var options = new AuthServerOptions();
        try
        {
            builder.Configuration.GetSection("AuthServer").Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // The binder's way to say that a value is not of its type; its message names the key.
            throw new StartRefusedException([e.Message]);
        }

        var urls = (builder.Configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return SettingsCheck.Run(options, builder.Environment.IsDevelopment(), urls);
    }

    private static void ConfigureServer(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestForm.LargestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;

            // A client that drips its request holds a connection, not a worker; it is cut off all the same.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.WebHost.UseStaticWebAssets();
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
    }

    private static void Register(IServiceCollection services, AuthServerSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(settings.Options);
        services.AddSingleton(settings.Issuer);
        services.AddAudit(settings.Audit); // first, so that it ends last: what the others do while they end is under a checkpoint too
        services.AddData(settings.Database);
        services.AddKeys(settings.Keys);
        services.AddSealedDataProtection();
        services.AddSingleton(provider => new RefreshTokens(provider.GetRequiredService<MasterKey>().Derive("refresh-token-succession")));

        services.AddSingleton(settings.Registration);
        services.TryAddSingleton(_ => KnownLanguages.OfInstallation(AppContext.BaseDirectory));
        services.TryAddSingleton<IHostNames, MachineHostNames>();
        services.AddSingleton<OutboundClient>();
        services.AddSingleton<OutboundRequests>();
        services.AddSingleton<OutboundStreams>();
        services.AddSingleton<MetadataDocuments>();
        services.AddSingleton<ClientKeys>();
        services.AddSingleton<OwnResources>();
        services.AddSingleton<OpenResources>();
        services.AddSingleton<ApplicationDirectory>();
        services.AddSingleton<RememberedSecrets>();
        services.AddSingleton<Registrations>();
        services.AddSingleton<OrganizationApplications>();
        services.AddSingleton<ScopeUses>();
        services.AddSingleton<ApplicationLife>();
        services.AddSingleton<ScopeCatalog>();
        services.AddSingleton<ResourceCatalog>();
        services.AddSingleton<OrganizationScopes>();
        services.AddSingleton<ResourceServers>();
        services.AddSingleton<ResourceSecrets>();
        services.AddSingleton<ConfiguredData>();
        services.AddSingleton<ConfiguredApplications>();
        services.AddSingleton<ConfiguredResources>();
        services.AddSingleton<ConfiguredPeople>();
        services.AddSingleton<Demo>();
        services.AddSingleton<FirstStart>();
        services.AddSingleton<Welcome>();
        services.AddSingleton<Authorizations>();
        services.AddSingleton<PersonalConsents>();
        services.AddSingleton(settings.SignUp);
        services.AddMail(settings.Mail);
        services.AddNotices();
        services.AddAccounts();
        services.AddOrganizations();
        services.AddBranding();
        services.AddSetUp();
        services.AddPages(settings);

        services.AddSingleton<PreAuthenticationLimit>();
        services.AddSingleton<PartyPace>();
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<AccessTokens>();
        services.AddDPoP(settings.DPoP);
        services.AddApi();
        services.AddAgents();
        services.AddDelegations();
        services.AddCertificates();
        services.AddVault(settings);
        services.AddExternalSignIn(settings.ExternalSignIn);
        services.AddApiDocument();
        services.AddDocs();
        services.AddPolicies();
        services.AddApprovals();
        services.AddWebhooks(settings.Webhooks);
        services.AddFigures();
        services.AddAdministration();
        services.AddEndpoints();
        services.AddMcp();
        services.AddClientOrigins();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"]);
    }

    private static void Map(WebApplication app, AuthServerSettings settings)
    {
        app.UseProxies(settings.Proxies);
        app.UseIssuer(settings.Issuer);
        app.UseUnhandledErrors(settings.Issuer);
        app.UseDiscoveryLog();

        // Programs pass none of what only pages need.
        app.UseWhen(ErrorPages.IsForPeople, pages => pages
            .UsePageHeaders()
            .UseReaderLanguage()
            .UseErrorPages()
            .UseReadableAddresses()
            .UseResponseCompression()
            .UseStaticFiles()
            .UseAuthentication());
        app.UseApiProblems();
        app.UseRouting();
        app.UseCors();
        app.MapEndpoints();

        var api = app.MapApi("/api/v1");
        api.MapHealthApi();
        api.MapUsers();
        api.MapDevelopers();
        api.MapOrganizations();
        api.MapBranding();
        api.MapAgents();
        api.MapApplications();
        api.MapQuickstart();
        api.MapCredentials();
        api.MapDelegations();
        api.MapScopes();
        api.MapResources();
        api.MapConsent();
        api.MapConsents();
        api.MapTokens();
        api.MapPolicies();
        api.MapApprovals();
        api.MapAudit();
        api.MapWebhooks();
        api.MapVault();
        app.MapCertificates();
        app.MapVaultRoots();
        app.MapAuthZen(settings.Issuer);
        app.MapMcp();
        app.MapRazorPages();
        app.MapBrandFiles();
        app.MapLive();
        app.MapApiDocument();
        app.MapDocs();
        app.MapHealth();
    }
}
