using System.Net;
using System.Text;
using AuthServer.Configuration;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Specs;

/// <summary>Configuration that cannot work stops the start with all its faults; configured clients follow the configuration.</summary>
public sealed class ConfigurationTests
{
    private static readonly (string Key, string Value)[] Faulty =
    [
        ("AuthServer:Issuer", "http://auth.example/path?x=y"),
        ("AuthServer:Database:Provider", "Oracle"),
        ("AuthServer:Tokens:Code", "01:00:00"),
        ("AuthServer:Tokens:AccessToken", "-00:00:01"),
        ("AuthServer:Tokens:RefreshGrace", "01:00:00"),
        ("AuthServer:Tokens:DPoP:ProofLifetime", "00:00:01"),
        ("AuthServer:Tokens:DPoP:NonceLifetime", "01:00:00"),
        ("AuthServer:Tokens:DPoP:RequireNonce", "7"),
        ("AuthServer:RateLimits:PerAddress", "0"),
        ("AuthServer:Webhooks:Attempts", "0"),
        ("AuthServer:Webhooks:DisableAfter", "00:00:01"),
        ("AuthServer:Webhooks:LogKept", "9999.00:00:00"),
        ("AuthServer:Approvals:Wait", "00:00:30"),
        ("AuthServer:Approvals:UseWithin", "2.00:00:00"),
        ("AuthServer:Approvals:MostWaiting", "0"),
        ("AuthServer:Bootstrap:AdminEmail", "admin@example.com"),
        ("AuthServer:Keys:PublishAhead", "00:00:01"),
        ("AuthServer:Proxies:0", "everybody"),
        ("AuthServer:Clients:4:ClientId", "broken client"),
        ("AuthServer:Clients:4:ClientType", "secret"),
        ("AuthServer:Clients:4:ConsentType", "never"),
        ("AuthServer:Clients:4:GrantTypes:0", "password"),
        ("AuthServer:Clients:4:GrantTypes:1", "authorization_code"),
        ("AuthServer:Clients:4:Scopes:0", "two scopes"),
        ("AuthServer:Clients:4:Resources:0", "https://unknown.example"),
        ("AuthServer:Clients:4:RequirePkce", "false"),
        ("AuthServer:Clients:4:TokenEndpointAuthMethod", "client_secret_jwt"),
        ("AuthServer:Clients:4:AccessTokenLifetime", "2.00:00:00"),
        ("AuthServer:Clients:4:PostLogoutRedirectUris:0", "javascript:alert(1)"),
        ("AuthServer:Clients:5:ClientId", "web"),
        ("AuthServer:Clients:6:ClientId", "usr_00000000000000000000000000"),
        ("AuthServer:Clients:7:ClientId", "keys"),
        ("AuthServer:Clients:7:Jwks", """{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"""),
        ("AuthServer:Clients:8:ClientId", "absent"),
        ("AuthServer:Clients:8:ClientSecret", "file:/nonexistent/secret"),
        ("AuthServer:Clients:9:ClientId", "endless"),
        ("AuthServer:Clients:9:RefreshAbsolute", "9999999.00:00:00"),
        ("AuthServer:Clients:10:ClientId", "idle"),
        ("AuthServer:Clients:10:RefreshIdle", "9999999.00:00:00"),
        ("AuthServer:Clients:11:ClientId", "gracious"),
        ("AuthServer:Clients:11:RefreshGrace", "1.00:00:00"),
        ("AuthServer:Resources:1:Url", "/relative"),
        ("AuthServer:Resources:2:Url", "https://api.example#fragment"),
        ("AuthServer:Resources:2:ClientId", "half"),
        ("AuthServer:Users:1:Email", "nobody"),
    ];

    [Fact]
    public async Task Every_fault_is_listed_at_once()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => TestServer.StartAsync([.. Flows.Settings, .. Faulty]));

        var faults = string.Join('\n', refused.Faults);
        foreach (var word in new[]
        {
            "Issuer must have no path", "Issuer must have no query", "Issuer must use https", "Provider 'Oracle'", "Tokens:Code", "Tokens:AccessToken", "Tokens:RefreshGrace",
            "Webhooks:Attempts", "Webhooks:DisableAfter", "Webhooks:LogKept", "DPoP:ProofLifetime", "DPoP:NonceLifetime", "DPoP:RequireNonce",
            "Approvals:Wait", "Approvals:UseWithin", "Approvals:MostWaiting", "RateLimits:PerAddress", "Bootstrap", "Keys:PublishAhead", "'everybody'", "ClientId must be 1 to 400", "ClientType must be", "ConsentType must be",
            "'password' is not supported", "'two scopes' is not a scope", "'https://unknown.example' is not among", "RequirePkce can be lifted", "TokenEndpointAuthMethod",
            "AccessTokenLifetime must be", "'javascript:alert(1)'", "needs RedirectUris", "'web' is configured more than once", "Clients:6", "Clients:7 (keys): Jwks", "Clients:8 (absent): ClientSecret",
            "Clients:9 (endless)", "Clients:10 (idle)", "Clients:11 (gracious)", "Resources:1: Url '/relative'", "Resources:2: Url", "ClientId and ClientSecret belong together", "Users:1: Email", "Users:1: Password",
        })
        {
            Assert.Contains(word, faults, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("AuthServer:Tokens:AccessToken", "soon")]
    [InlineData("AuthServer:RateLimits:PerAddress", "many")]
    [InlineData("AuthServer:SignUp:People", "sometimes")]
    [InlineData("AuthServer:Tokens:DPoP:RequireNonce", "sometimes")]
    [InlineData("AuthServer:Demo", "perhaps")]
    public async Task A_value_that_is_not_of_its_kind_stops_the_start_and_names_its_key(string key, string value)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Flows.StartAsync((key, value)));
        Assert.Contains(refused.Faults, fault => fault.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_command_ends_with_an_error_code_and_says_why()
    {
        using var home = new TempFolder();
        var error = Console.Error;
        using var captured = new StringWriter();
        Console.SetError(captured);
        try
        {
            var code = await AuthServerHost.RunAsync(["--environment=Production", $"--AuthServer:Home={home.Path}", "--Urls=http://localhost:0"]);
            Assert.NotEqual(0, code);
        }
        finally
        {
            Console.SetError(error);
        }

        Assert.Contains("AuthServer:Issuer is missing", captured.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(home["data"]));
    }

    [Theory]
    [InlineData("AuthServer:Demo", "true", "http://localhost:0", "Production")]
    [InlineData("AuthServer:Users:0:Email", "a@example.com", "http://localhost:0", "Production")]
    [InlineData("AuthServer:Registration:Open", "true", "http://localhost:0", "Production")]
    [InlineData("AuthServer:Registration:Open", "true", "http://*:0", "Development")]
    [InlineData("AuthServer:Demo", "true", "http://0.0.0.0:0", "Development")]
    [InlineData("AuthServer:Demo", "true", "http://*:0", "Development")]
    [InlineData("AuthServer:Users:0:Email", "a@example.com", "http://+:0", "Development")]
    public async Task Demo_data_configured_people_and_open_registration_need_Development_and_loopback(string key, string value, string urls, string environment)
    {
        using var home = new TempFolder();
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => AuthServerHost.CreateAsync(
            [$"--environment={environment}", $"--AuthServer:Home={home.Path}", $"--Urls={urls}", "--AuthServer:Issuer=https://auth.example", $"--{key}={value}", "--AuthServer:Users:0:Password=a long and quiet sentence"],
            null, CancellationToken.None));
        var section = string.Join(':', key.Split(':').Take(2));
        Assert.Contains(
            refused.Faults,
            fault => fault.StartsWith(section, StringComparison.Ordinal)
                && (fault.Contains("Development", StringComparison.Ordinal) || fault.Contains("loopback", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_client_that_did_not_change_is_not_written_at_the_next_start_and_one_that_did_is()
    {
        await using var server = await Flows.StartAsync();
        var before = await TokensOfRowsAsync(server);
        (string, string)[] settings = [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)];

        await server.RestartAsync(settings);
        Assert.Equal(before, await TokensOfRowsAsync(server));

        await server.RestartAsync([.. settings, ("AuthServer:Clients:0:DisplayName", "Another name")]);
        var after = await TokensOfRowsAsync(server);
        Assert.NotEqual(before["web"], after["web"]);
        Assert.Equal(before.Where(row => row.Key != "web"), after.Where(row => row.Key != "web"));
    }

    [Fact]
    public async Task A_client_that_is_no_longer_named_is_disabled_and_its_tokens_die_until_it_is_named_again()
    {
        await using var server = await Flows.StartAsync();
        (string, string)[] settings = [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)];
        (string, string)[] without = [.. settings.Where(pair => !pair.Item1.StartsWith("AuthServer:Clients:3:", StringComparison.Ordinal))];
        using var before = await AskAsync(server);
        var token = TokenSide.Text(await TokenSide.OkAsync(before), "access_token");
        server.Clock.Advance(TimeSpan.FromSeconds(1));

        await server.RestartAsync(without);
        using var during = await AskAsync(server);
        await Flows.AssertErrorAsync(during, 401, "invalid_client");
        using var introspected = await Flows.PostAsync(server, "/connect/introspect", "api", Flows.Secret, ("token", token));
        Assert.False((await TokenSide.OkAsync(introspected)).GetProperty("active").GetBoolean());

        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await server.RestartAsync(settings);
        using var after = await AskAsync(server);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        using var old = await Flows.PostAsync(server, "/connect/introspect", "api", Flows.Secret, ("token", token));
        Assert.False((await TokenSide.OkAsync(old)).GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task A_changed_secret_is_in_force_and_the_old_one_is_not()
    {
        await using var server = await Flows.StartAsync();
        using var before = await AskAsync(server);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), ("AuthServer:Clients:3:ClientSecret", TokenSide.OtherSecret)]);

        using var old = await AskAsync(server);
        await Flows.AssertErrorAsync(old, 401, "invalid_client");
        using var changed = await Flows.TokenAsync(server, "machine", TokenSide.OtherSecret, ("grant_type", "client_credentials"));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task A_client_id_that_somebody_else_made_stops_the_start_and_stays_theirs()
    {
        await using var server = await Flows.StartAsync();
        await server.QueryAsync(async context =>
        {
            context.Applications.Add(new OpenIddictApplication { Id = "foreign", ClientId = "theirs", ClientType = "public", DisplayName = "Theirs", ConcurrencyToken = "kept" });
            return await context.SaveChangesAsync();
        });
        (string, string)[] settings = [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)];

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => server.RestartAsync(
            [.. settings, ("AuthServer:Clients:4:ClientId", "theirs"), ("AuthServer:Clients:4:ClientSecret", "x"), ("AuthServer:Clients:4:GrantTypes:0", "client_credentials")]));
        Assert.Contains(refused.Faults, fault => fault.Contains("'theirs'", StringComparison.Ordinal));

        await server.RestartAsync(settings);
        var row = await server.QueryAsync(context => context.Applications.SingleAsync(application => application.ClientId == "theirs"));
        Assert.Equal(("Theirs", "kept", null), (row.DisplayName, row.ConcurrencyToken, row.ClientSecret));
    }

    [Fact]
    public async Task Secrets_may_be_references_to_a_file_or_a_variable()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["secret"], "a-secret-out-of-a-file\n", Encoding.UTF8);
        var variable = "AUTHSERVER_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(variable, "a-secret-out-of-a-variable");

        await using var server = await Flows.StartAsync(
            [.. TokenSide.Machine(4, "from-file", ("ClientSecret", $"file:{folder["secret"]}")), .. TokenSide.Machine(5, "from-variable", ("ClientSecret", $"env:{variable}"))]);

        using var file = await Flows.TokenAsync(server, "from-file", "a-secret-out-of-a-file", ("grant_type", "client_credentials"));
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        using var set = await Flows.TokenAsync(server, "from-variable", "a-secret-out-of-a-variable", ("grant_type", "client_credentials"));
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        using var reference = await Flows.TokenAsync(server, "from-variable", $"env:{variable}", ("grant_type", "client_credentials"));
        await Flows.AssertErrorAsync(reference, 401, "invalid_client");
    }

    [Fact]
    public async Task What_the_configuration_changed_is_in_the_trail()
    {
        await using var server = await Flows.StartAsync();
        Assert.Equal(["api", "app", "machine", "spa", "web"], (await server.TrailAsync(AuditEventTypes.ConfigurationApplied)).Select(row => row.ClientId).Order());

        await server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)]);
        Assert.Equal(5, (await server.TrailAsync(AuditEventTypes.ConfigurationApplied)).Count);
    }

    private static Task<HttpResponseMessage> AskAsync(TestServer server) => Flows.TokenAsync(server, "machine", Flows.Secret, ("grant_type", "client_credentials"));

    private static Task<Dictionary<string, string>> TokensOfRowsAsync(TestServer server) =>
        server.QueryAsync(context => context.Applications.AsNoTracking().ToDictionaryAsync(row => row.ClientId!, row => row.ConcurrencyToken!));
}
