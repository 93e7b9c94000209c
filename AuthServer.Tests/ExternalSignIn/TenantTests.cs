using System.Text.Json.Nodes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>A provider with tenants, as Microsoft Entra is: each has its own issuer, and an account is a tenant's.</summary>
public sealed class TenantTests : IAsyncLifetime
{
    private const string Ours = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    private const string Theirs = "00000000-0000-4000-8000-000000000001";

    private FakeOpenId _entra = null!;
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _entra = await FakeOpenId.StartAsync("/common/v2.0");
        _entra.Discovery = new JsonObject
        {
            ["issuer"] = $"http://{_entra.Name}/{{tenantid}}/v2.0",
            ["authorization_response_iss_parameter_supported"] = false,
        };
        _entra.Answer = new() { ["iss"] = null };
        _server = await Flows.StartAsync([.. ExternalSide.Provider(0, _entra, "entra", "Acme ID",
            ("Issuer", $"http://{_entra.Name}/{{tid}}/v2.0"), ("Discovery", _entra.Issuer + "/.well-known/openid-configuration"), ("Tenants:0", Ours))]);
        _entra.Clock = _server.Clock;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _entra.DisposeAsync();
    }

    [Fact]
    public async Task An_account_is_known_by_tenant_and_object_whatever_else_changes()
    {
        _entra.Claims = Person(Ours, Ours, "one@acme.example");
        using (var browser = await ArriveAsync())
        {
            await browser.SubmitAsync(button: "Create account");
            Assert.Equal("/account", browser.Address.AbsolutePath);
        }

        // Another app of the same tenant has another sub, and addresses change.
        _entra.Claims = Person(Ours, Ours, "renamed@acme.example");
        _entra.Claims["sub"] = "another-pairwise-subject";
        using var again = await ArriveAsync();
        Assert.Equal("/account", again.Address.AbsolutePath);
    }

    [Fact]
    public async Task An_address_that_an_administrator_typed_is_nobodys()
    {
        _entra.Claims = Person(Ours, Ours, Flows.Email);
        _entra.Claims.Remove("xms_edov");
        using var browser = await ArriveAsync();

        Assert.Equal("/link", browser.Address.AbsolutePath);
        Assert.Empty(browser.Page.QuerySelectorAll("button"));
    }

    [Theory]
    [InlineData(Theirs, Theirs, "issuer")]
    [InlineData(Ours, Theirs, "issuer")]
    [InlineData(Theirs, Ours, "issuer")]
    [InlineData("{tid}", "{tid}", "issuer")]
    [InlineData("{tenantid}", "{tenantid}", "issuer")]
    [InlineData("common", "common", "issuer")]
    [InlineData(Ours, null, "issuer")]
    public async Task Nobody_comes_from_a_tenant_that_is_not_allowed(string inIssuer, string? tenant, string word)
    {
        _entra.Claims = Person(inIssuer, tenant, "one@acme.example");
        using var browser = await ArriveAsync();

        await ExternalSide.AssertRefusedAsync(browser, "id_token_" + word);
    }

    [Fact]
    public async Task Half_a_key_is_none()
    {
        _entra.Claims = Person(Ours, Ours, "one@acme.example");
        _entra.Claims.Remove("oid");
        using var browser = await ArriveAsync();

        await ExternalSide.AssertRefusedAsync(browser, "id_token_subject");
    }

    private JsonObject Person(string inIssuer, string? tenant, string email) => new()
    {
        ["iss"] = $"http://{_entra.Name}/{inIssuer}/v2.0",
        ["tid"] = tenant,
        ["oid"] = "11111111-2222-4333-8444-555555555555",
        ["sub"] = "pairwise",
        ["email"] = email,
        ["xms_edov"] = true,
    };

    private async Task<TestBrowser> ArriveAsync()
    {
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.GoAsync((await _entra.VisitAsync(await ExternalSide.SetOutAsync(browser))).AbsoluteUri);
        return browser;
    }
}
