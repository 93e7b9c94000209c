using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Outbound;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>What is refused of a provider's definition, and by which path it is told.</summary>
public sealed class ProviderCheckTests
{
    [Fact]
    public void A_complete_definition_is_taken() => Assert.Empty(Faults(OwnProvider.Valid()));

    [Fact]
    public void Either_way_to_connect_is_enough()
    {
        Assert.Empty(Faults(OwnProvider.With("api_key", null)));
        Assert.Equal(["provider", "template.scopes[0]"], Faults(Without("oauth", "api_key")));
    }

    [Theory]
    [InlineData("id", "\"T\"")]
    [InlineData("id", "\"tracker/../x\"")]
    [InlineData("id", "\"tracker\\n\"")]
    [InlineData("name", "\"\"")]
    [InlineData("name", "\"Acme\\u202e\"")]
    [InlineData("category", "\"Two words\"")]
    [InlineData("description", "\"a\\nb\"")]
    [InlineData("fields[0].name", "\"access_token\"")]
    [InlineData("fields[0].name", "\"Host\"")]
    [InlineData("fields[1].name", "\"client_secret\"")]
    [InlineData("fields[0].label", "\"\"")]
    [InlineData("fields[0].default", "\"https://tracker.acme.example\"")]
    [InlineData("fields[1].pattern", "\"(\"")]
    [InlineData("fields[1].pattern", "\"(?<=a)b\"")]
    [InlineData("fields[1].pattern", "\"(a)\\\\1\"")]
    [InlineData("fields[1].pattern", "\"\"")]
    [InlineData("fields[1].default", "\"7\"")]
    [InlineData("fields[0].hosts[0]", "\"*\"")]
    [InlineData("fields[0].hosts[0]", "\"*.example\"")]
    [InlineData("fields[0].hosts[0]", "\"10.0.0.1\"")]
    [InlineData("fields[1].hosts", "[\"acme.example\"]")]
    [InlineData("fields[2].from.value_path", "\"a b\"")]
    [InlineData("fields[2].from.value_path", null)]
    [InlineData("fields[2].from.label_path", "\"\"")]
    [InlineData("fields[2].from", "{}")]
    [InlineData("fields[2].from.call.url", "\"http://tracker.acme.example/x\"")]
    [InlineData("api.base_url", "\"http://tracker.acme.example\"")]
    [InlineData("api.base_url", "\"ftp://tracker.acme.example\"")]
    [InlineData("api.base_url", "\"https://169.254.169.254\"")]
    [InlineData("api.base_url", "\"https://10.0.0.1\"")]
    [InlineData("api.base_url", "\"https://[::1]\"")]
    [InlineData("api.base_url", "\"https://[::ffff:127.0.0.1]\"")]
    [InlineData("api.base_url", "\"https://2130706433\"")]
    [InlineData("api.base_url", "\"https://user:pass@tracker.acme.example\"")]
    [InlineData("api.base_url", "\"https://tracker.acme.example/\"")]
    [InlineData("api.base_url", "\"https://tracker.acme.example?a=b\"")]
    [InlineData("api.base_url", "\"https://tracker.acme.example#a\"")]
    [InlineData("api.base_url", "\"https://tracker.acme.example:22\"")]
    [InlineData("api.base_url", "\"https://tracker.acme.example/a b\"")]
    [InlineData("api.base_url", "\"https://tracker.acme.example\\\\@evil.example\"")]
    [InlineData("api.base_url", "\"https://{nobody}/api\"")]
    [InlineData("api.base_url", "\"https://{key}.acme.example\"")]
    [InlineData("api.base_url", "\"https://acme.example/{access_token}\"")]
    [InlineData("api.base_url", "\"https://{workspace}.acme.example\"")]
    [InlineData("api.base_url", "\"\"")]
    [InlineData("api.base_url", null)]
    [InlineData("api.hosts[0]", "\"https://files.acme.example\"")]
    [InlineData("api.hosts[0]", "\"files\"")]
    [InlineData("api.hosts[0]", "\"192.168.0.1\"")]
    [InlineData("api.headers.Host", "\"evil.example\"")]
    [InlineData("api.headers.Content-Length", "\"0\"")]
    [InlineData("api.headers.Content-Type", "\"text/plain\"")]
    [InlineData("api.headers.Expires", "\"0\"")]
    [InlineData("api_key.credential[0].name", "\"Content-MD5\"")]
    [InlineData("api.headers.Transfer-Encoding", "\"chunked\"")]
    [InlineData("api.headers.Cookie", "\"a=b\"")]
    [InlineData("api.headers.X-Forwarded-For", "\"127.0.0.1\"")]
    [InlineData("api.headers.X Team", "\"a\"")]
    [InlineData("api.headers.X-Team", "\"a\\r\\nX-Other: b\"")]
    [InlineData("api.headers.X-Team", "\"{access_token}\"")]
    [InlineData("api.headers.X-Team", "\"\"")]
    [InlineData("api.unauthorized[0].statuses", "[99]")]
    [InlineData("api.unauthorized[0].present[0]", "\"\"")]
    [InlineData("api.unauthorized[0].values.error", "[]")]
    [InlineData("api.unauthorized[0].headers.a b", "\"x\"")]
    [InlineData("api.rate_limit.remaining", "\"a b\"")]
    [InlineData("api.rate_limit.wait_seconds", "0")]
    [InlineData("api.rate_limit.retry_after_path", "\"a..b\"")]
    [InlineData("api_key.fields", "[]")]
    [InlineData("api_key.fields[0].name", "\"token\"")]
    [InlineData("api_key.fields[0].refused_pattern", "\"[\"")]
    [InlineData("api_key.credential", "[]")]
    [InlineData("api_key.credential[0].name", "\"Host\"")]
    [InlineData("api_key.credential[0].value", "\"{key}\\r\\nX: y\"")]
    [InlineData("api_key.credential[0].value", "\"{access_token}{nobody}\"")]
    [InlineData("api_key.base_url", "\"https://{key}.acme.example\"")]
    [InlineData("api_key.test.call.url", "\"https://acme.example?key={key}\"")]
    [InlineData("api_key.test.call.method", "\"CONNECT\"")]
    [InlineData("api_key.test.accepted", "[]")]
    [InlineData("api_key.test.refused", "[]")]
    [InlineData("setup.app_url", "\"javascript:alert(1)\"")]
    [InlineData("setup.app_url", "\"https://{workspace}/x\"")]
    [InlineData("setup.steps[0]", "\"a\\nb\"")]
    [InlineData("setup.cautions[0]", "\"\"")]
    [InlineData("setup.callback_label", "\"\"")]
    [InlineData("template.settings.rate_limit", "0")]
    [InlineData("template.settings.timeout", "301")]
    [InlineData("template.scopes[0]", "\"unknown\"")]
    public void What_cannot_be_is_told_by_its_path(string path, string? json) => Assert.Contains(path, Faults(OwnProvider.With(Steps(path), json)));

    [Theory]
    [InlineData("authorize.url", "\"https://{workspace}/oauth\"")]
    [InlineData("authorize.url", "\"https://{team}/oauth?x={client_secret}\"")]
    [InlineData("authorize.url", null)]
    [InlineData("authorize.parameters.state", "\"mine\"")]
    [InlineData("authorize.parameters.redirect_uri", "\"https://evil.example\"")]
    [InlineData("authorize.parameters.code_challenge", "\"mine\"")]
    [InlineData("authorize.parameters.prompt", "\"{client_secret}\"")]
    [InlineData("authorize.parameters.a b", "\"x\"")]
    [InlineData("authorize.omit[0]", "\"prompt\"")]
    [InlineData("authorize.omit", "[\"state\"]")]
    [InlineData("scopes.separator", "\";\"")]
    [InlineData("scopes.answer_separator", "\"\"")]
    [InlineData("scopes.extra_parameters.state", "\"x\"")]
    [InlineData("scopes.default[0]", "\"unknown\"")]
    [InlineData("scopes.identity[0]", "\"unknown\"")]
    [InlineData("scopes.known[0].name", "\"a b\"")]
    [InlineData("scopes.known[0].name", "\"a,b\"")]
    [InlineData("scopes.known[1].name", "\"tracker:read\"")]
    [InlineData("scopes.known[0].words", "\"\"")]
    [InlineData("scopes.known[0].words", null)]
    [InlineData("scopes.known[0].parameter", "\"other\"")]
    [InlineData("scopes.presets.read_only[0]", "\"unknown\"")]
    [InlineData("scopes.presets.read_write[0]", "\"unknown\"")]
    [InlineData("scopes.presets.admin[0]", "\"unknown\"")]
    [InlineData("scopes.presets.specific[0].name", "\"Two words\"")]
    [InlineData("scopes.presets.specific[0].label", "\"\"")]
    [InlineData("scopes.presets.specific[0].scopes[0]", "\"unknown\"")]
    [InlineData("token.url", null)]
    [InlineData("token.url", "\"https://127.0.0.1/token\"")]
    [InlineData("token.url", "\"https://acme.example/{client_secret}\"")]
    [InlineData("token.format", "\"none\"")]
    [InlineData("token.client_authentication", "[]")]
    [InlineData("token.client_authentication", "[\"private_key_jwt\"]")]
    [InlineData("token.client_authentication", "[\"post\",\"post\"]")]
    [InlineData("token.headers.Host", "\"evil.example\"")]
    [InlineData("token.answer.access_token", "\"a b\"")]
    [InlineData("token.answer.hint", "\"\"")]
    [InlineData("token.answer.success[0].values.ok", "[]")]
    [InlineData("token.answer.second.kind", "\"\"")]
    [InlineData("token.answer.second.access_token", "\"\"")]
    [InlineData("token.default_lifetime", "0")]
    [InlineData("token.default_lifetime", "999999999")]
    [InlineData("refresh.url", "\"https://localhost:22/x\"")]
    [InlineData("refresh.grace_seconds", "-1")]
    [InlineData("refresh.idle_seconds", "1")]
    [InlineData("refresh.absolute_seconds", "99999999999")]
    [InlineData("refresh.needs_scope", "\"unknown\"")]
    [InlineData("refresh.dead_statuses", "[1000]")]
    [InlineData("refresh.dead_codes[0]", "\"\"")]
    [InlineData("refresh.configuration_codes", "[\"gone\"]")]
    [InlineData("refresh.transient[0].code", "\"\"")]
    [InlineData("refresh.hints.17", "\"a\\nb\"")]
    [InlineData("identity.account_key", "{}")]
    [InlineData("identity.account_key.fields[0]", "\"workspace\"")]
    [InlineData("identity.account_key.call[0]", "\"a b\"")]
    [InlineData("identity.call", null)]
    [InlineData("identity.call.url", "\"https://acme.example?token={access_token}\"")]
    [InlineData("identity.call.format", "\"json\"")]
    [InlineData("identity.call.fields", "{\"a\":\"b\"}")]
    [InlineData("identity.call.authentication", "\"client_post\"")]
    [InlineData("identity.email_path", "\"\"")]
    [InlineData("identity.email.email_path", "\"\"")]
    [InlineData("revocation.call.url", "\"https://acme.example/{client_secret}\"")]
    [InlineData("revocation.call.fields.token", "\"{nobody}\"")]
    [InlineData("introspection.call.method", "\"get\"")]
    [InlineData("introspection.expires_path", "\"\"")]
    [InlineData("discovery.url", "\"file:///etc/passwd\"")]
    [InlineData("discovery.issuer", "\"acme\"")]
    [InlineData("credential", "[]")]
    [InlineData("credential", "[{\"in\":\"header\",\"name\":\"Authorization\",\"value\":\"Bearer x\"}]")]
    [InlineData("test.call.url", "\"https://gopher.example:70/x\"")]
    [InlineData("test.call.authentication", "\"none\"")]
    public void What_cannot_be_of_OAuth_is_told_by_its_path(string path, string? json) =>
        Assert.Contains("oauth." + path, Faults(OwnProvider.With(Steps("oauth." + path), json)));

    [Theory]
    [InlineData("oauth.token.url", "\"https://acme.example/token\"")]
    [InlineData("oauth.authorize.pkce", "\"required\"")]
    [InlineData("oauth.refresh.mode", "\"always\"")]
    public void A_token_in_a_fragment_has_no_token_endpoint_no_PKCE_and_no_refresh(string path, string json)
    {
        var provider = OwnProvider.With(Steps(path), json);
        provider["oauth"]!["flow"] = "fragment";
        Assert.Contains(path, Faults(provider));
    }

    [Fact]
    public void Two_fields_of_one_name_are_refused() => Assert.Contains("fields", Faults(OwnProvider.With("fields.1.name", "\"account\"")));

    [Fact]
    public void What_is_asked_at_introspection_has_to_be_answered_there() => Assert.Contains("oauth.token.expiry", Faults(OwnProvider.With("oauth.introspection", null)));

    [Fact]
    public void State_may_travel_in_a_parameter_that_comes_back()
    {
        var provider = OwnProvider.With("oauth.authorize.omit", "[\"state\",\"redirect_uri\"]");
        provider["oauth"]!["authorize"]!["parameters"]!["return_url"] = "{redirect_uri}?state={state}";
        Assert.Empty(Faults(provider));
    }

    [Fact]
    public void A_text_in_a_host_needs_something_that_bounds_it()
    {
        var provider = OwnProvider.With("fields.1.pattern", null);
        provider["api"]!["base_url"] = "https://{team}.acme.example";
        Assert.Equal(["api.base_url"], Faults(provider));
    }

    [Fact]
    public void A_host_that_an_account_names_has_to_be_the_providers()
    {
        var provider = OwnProvider.With("fields.2.kind", "\"url\"");
        Assert.Equal(["fields[2].hosts"], Faults(provider));
        provider["fields"]![2]!["hosts"] = new JsonArray("*.acme.example");
        Assert.Empty(Faults(provider));
    }

    [Theory]
    [InlineData("oauth", "{\"tokn\":{}}", "oauth.tokn")]
    [InlineData("colour", "\"red\"", "colour")]
    [InlineData("oauth.token.format", "\"xml\"", "oauth.token.format")]
    [InlineData("oauth.token.format", "1", "oauth.token.format")]
    [InlineData("oauth.authorize.pkce", "\"Required\"", "oauth.authorize.pkce")]
    [InlineData("oauth.token.default_lifetime", "\"3600\"", "oauth.token.default_lifetime")]
    [InlineData("oauth.token.default_lifetime", "3600.5", "oauth.token.default_lifetime")]
    [InlineData("oauth.token.default_lifetime", "99999999999", "oauth.token.default_lifetime")]
    [InlineData("oauth.scopes.default", "\"read\"", "oauth.scopes.default")]
    [InlineData("oauth.scopes.known.0", "\"read\"", "oauth.scopes.known[0]")]
    [InlineData("oauth.scopes.known.0", "null", "oauth.scopes.known[0]")]
    [InlineData("oauth.scopes.default.0", "null", "oauth.scopes.default[0]")]
    [InlineData("oauth.token.headers.Accept", "null", "oauth.token.headers.Accept")]
    [InlineData("oauth", "null", "oauth")]
    [InlineData("api", "null", "api")]
    [InlineData("api", "[]", "api")]
    [InlineData("auth_types", "[\"oauth2\"]", "auth_types")]
    [InlineData("is_shipped", "true", "is_shipped")]
    public void What_has_not_the_form_is_told_by_its_path_and_never_by_what_it_says(string path, string json, string told)
    {
        var faults = new Faults();
        Assert.Null(ProviderReading.Read(JsonSerializer.SerializeToElement(OwnProvider.With(path, json)), faults));
        Assert.Equal([told], faults.Problem!.Errors!.Keys);
        Assert.DoesNotContain("tokn", faults.Problem.Errors.Values.Single().Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_is_no_object_is_refused()
    {
        var faults = new Faults();
        Assert.Null(ProviderReading.Read(JsonElement.Parse("[]"), faults));
        Assert.Equal(["provider"], faults.Problem!.Errors!.Keys);
    }

    /// <summary>The paths of what is wrong with it, by the rules of a server that was configured to reach nothing private.</summary>
    private static IEnumerable<string> Faults(JsonObject provider)
    {
        var faults = new Faults();
        using var outbound = new OutboundClient(new AuthServerOptions(), new MachineHostNames(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<OutboundClient>.Instance);
        if (ProviderReading.Read(JsonSerializer.SerializeToElement(provider), faults) is { } read)
        {
            ProviderCheck.Run(read, outbound.IsPublic, faults);
        }

        return faults.Problem?.Errors?.Keys ?? [];
    }

    private static JsonObject Without(params string[] members)
    {
        var provider = OwnProvider.Valid();
        foreach (var member in members)
        {
            provider.Remove(member);
        }

        return provider;
    }

    /// <summary>A fault's path as steps; a list that is not there yet is made with one element.</summary>
    private static string Steps(string path) => path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
}
