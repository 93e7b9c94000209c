using AuthServer.Configuration;
using AuthServer.ExternalSignIn;
using AuthServer.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>What the configuration says of other providers is checked before the server starts.</summary>
public sealed class ExternalSettingsTests
{
    private const string Tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    [Theory]
    [InlineData("", "Id must be")]
    [InlineData("Id=Acme", "Id must be")]
    [InlineData("Id=ac/me", "Id must be")]
    [InlineData("Name=", "Name is missing")]
    [InlineData("Issuer=", "Issuer must be")]
    [InlineData("Issuer=http://id.acme.example", "Issuer must be")]
    [InlineData("Issuer=https://id.acme.example?x=1", "Issuer must be")]
    [InlineData("Issuer=https://user@id.acme.example", "Issuer must be")]
    [InlineData("Issuer=https://id.acme.example/{tid}/v2.0", "Discovery is missing")]
    [InlineData("Discovery=http://id.acme.example/x", "Discovery must be")]
    [InlineData("ClientId=", "ClientId must be")]
    [InlineData("ClientId=a b", "ClientId must be")]
    [InlineData("ClientSecret=env:A_VARIABLE_THAT_NOBODY_SETS", "ClientSecret:")]
    [InlineData("Scopes=email", "Scopes must hold openid")]
    [InlineData("Tenants=" + Tenant, "Tenants need an Issuer")]
    [InlineData("Tenants=common", "Tenants are the ids")]
    [InlineData("Connection=acme", "Connection is the id")]
    [InlineData("Logo=https://elsewhere.example/logo.png", "Logo is an image")]
    [InlineData("Id=google", "Issuer and Discovery of 'google' are known")]
    public void A_fault_stops_the_start_and_is_told_by_its_key(string change, string fault)
    {
        var one = change.Length == 0 ? new AuthServerOptions.ExternalOptions() : Acme();
        var (name, value) = change.Length == 0 ? ("", "") : (change.Split('=', 2)[0], change.Split('=', 2)[1]);
        _ = name switch
        {
            "Id" => one.Id = value,
            "Name" => one.Name = value.Length == 0 ? null : value,
            "Issuer" => one.Issuer = value.Length == 0 ? null : value,
            "Discovery" => one.Discovery = value,
            "ClientId" => one.ClientId = value,
            "ClientSecret" => one.ClientSecret = value,
            "Connection" => one.Connection = value,
            "Logo" => one.Logo = value,
            _ => null,
        };
        if (name is "Scopes" or "Tenants")
        {
            (name == "Scopes" ? one.Scopes : one.Tenants).Add(value);
        }

        var stopped = Assert.Throws<StartRefusedException>(() => Check(one));

        Assert.Contains(stopped.Faults, told => told.StartsWith("AuthServer:SignIn:External:0", StringComparison.Ordinal) && told.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void No_two_have_one_id() =>
        Assert.Contains(Assert.Throws<StartRefusedException>(() => Check(Acme(), Acme())).Faults, fault => fault.Contains("'acme' more than once", StringComparison.Ordinal));

    [Fact]
    public void Google_and_Microsoft_sign_in_by_the_apps_that_the_vault_shares_or_by_their_own()
    {
        Assert.Contains(Assert.Throws<StartRefusedException>(() => Check(new AuthServerOptions.ExternalOptions { Id = "google" })).Faults, fault => fault.Contains("there is no app", StringComparison.Ordinal));

        var providers = Check(
            options => options.Vault.Providers["google"] = new AuthServerOptions.ProviderAppOptions { ClientId = "shared", ClientSecret = "secret" },
            new AuthServerOptions.ExternalOptions { Id = "google" },
            new AuthServerOptions.ExternalOptions { Id = "microsoft", ClientId = "own", ClientSecret = "secret", Tenants = [Tenant] });

        var google = providers.Find("google")!;
        Assert.Equal(("Google", "shared", "https://accounts.google.com"), (google.Name, google.ClientId, google.Issuer));
        Assert.Equal(["sub"], google.SubjectClaims);
        var microsoft = providers.Find("microsoft")!;
        Assert.Equal(("Microsoft", "own"), (microsoft.Name, microsoft.ClientId));
        Assert.Equal(["tid", "oid"], microsoft.SubjectClaims);
        Assert.Equal($"https://login.microsoftonline.com/{Tenant}/v2.0/.well-known/openid-configuration", microsoft.Discovery.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", Tenant, true)]
    [InlineData("https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", "00000000-0000-0000-0000-000000000001", false)]
    [InlineData("https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001/v2.0", "00000000-0000-0000-0000-000000000001", false)]
    [InlineData("https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0/", Tenant, false)]
    [InlineData("https://evil.example/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", Tenant, false)]
    [InlineData("https://login.microsoftonline.com/{tid}/v2.0", "{tid}", false)]
    [InlineData("https://login.microsoftonline.com/common/v2.0", "common", false)]
    [InlineData("https://login.microsoftonline.com/../v2.0", "..", false)]
    [InlineData("https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", null, false)]
    public void Microsofts_issuer_is_the_tokens_own_tenant_and_one_of_those_that_are_allowed(string issuer, string? tenant, bool accepted)
    {
        var microsoft = Check(new AuthServerOptions.ExternalOptions { Id = "microsoft", ClientId = "own", ClientSecret = "secret", Tenants = [Tenant] }).All[0];

        Assert.Equal(accepted, microsoft.Accepts(issuer, tenant));
    }

    [Fact]
    public void Its_discovery_document_for_all_tenants_names_none()
    {
        var microsoft = Check(new AuthServerOptions.ExternalOptions { Id = "microsoft", ClientId = "own", ClientSecret = "secret" }).All[0];

        Assert.True(microsoft.Publishes("https://login.microsoftonline.com/{tenantid}/v2.0"));
        Assert.True(microsoft.Publishes($"https://login.microsoftonline.com/{Tenant}/v2.0"));
        Assert.False(microsoft.Publishes("https://login.microsoftonline.com/common/v2.0"));
        Assert.False(microsoft.Accepts("https://login.microsoftonline.com/{tenantid}/v2.0", "{tenantid}"));
    }

    [Fact]
    public void The_configuration_of_the_page_about_it_is_accepted()
    {
        var page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "external-sign-in.md"));
        var json = page.Split("```json", 2)[1].Split("```", 2)[0].Replace("env:", "a-secret-of-", StringComparison.Ordinal);
        var options = new AuthServerOptions();
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build().GetSection("AuthServer").Bind(options);

        var settings = SettingsCheck.Run(options, isDevelopment: true, ["http://localhost:5080"]);

        Assert.Equal(["google", "microsoft", "acme"], settings.ExternalSignIn.All.Select(provider => provider.Id));
    }

    private static AuthServerOptions.ExternalOptions Acme() =>
        new() { Id = "acme", Name = "Acme ID", Issuer = "https://id.acme.example", ClientId = "here", ClientSecret = "secret" };

    private static ExternalProviders Check(params AuthServerOptions.ExternalOptions[] all) => Check(_ => { }, all);

    private static ExternalProviders Check(Action<AuthServerOptions> also, params AuthServerOptions.ExternalOptions[] all)
    {
        var options = new AuthServerOptions { SignIn = { External = [.. all] } };
        also(options);
        return SettingsCheck.Run(options, isDevelopment: true, ["http://localhost:5080"]).ExternalSignIn;
    }
}
