using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Dialect;

/// <summary>The addresses that people are sent to, of every provider that ships.</summary>
public sealed class AuthorizeAddressTests
{
    private const string State = "sssssssssssssssssssssssssssssssssssssssssss";

    public static TheoryData<string> OAuthProviders => DialectSamples.OAuthProviders;

    [Theory]
    [MemberData(nameof(OAuthProviders))]
    public void Each_provider_is_asked_as_its_definition_says(string id)
    {
        var app = DialectSamples.App(id);
        var (rules, scopes) = (app.OAuth, ScopeGrants.Asked(app.OAuth, app.OAuth.Scopes.Default));
        var address = AuthorizeAddress.Of(app, new Authorization(scopes, State, app.UsesPkce ? DialectSamples.Verifier : null, null))!;

        Assert.Equal("https", address.Scheme);
        var asked = Flows.Query(address);
        Assert.Contains(State, string.Join(' ', asked.Values), StringComparison.Ordinal);
        Assert.Contains("client id", string.Join(' ', asked.Values), StringComparison.Ordinal);
        Assert.Contains(asked.Values, value => value.StartsWith(DialectSamples.Redirect, StringComparison.Ordinal));
        Assert.Equal(rules.Authorize.Pkce.IsSent(), asked.ContainsKey("code_challenge"));
        Assert.Equal(rules.Scopes.Sent && scopes.Count > 0, asked.ContainsKey("scope"));
        if (asked.TryGetValue("scope", out var scope))
        {
            Assert.All(scope.Split(rules.Scopes.Separator), one => Assert.Contains(one, scopes));
        }

        Assert.All(rules.Authorize.Omit, name => Assert.False(asked.ContainsKey(name) && !rules.Authorize.Parameters.ContainsKey(name), name));
        Assert.All(asked.Values, value => Assert.DoesNotContain("{", value, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(OAuthProviders))]
    public void No_value_of_a_field_leaves_its_place(string id)
    {
        var provider = ShippedProviders.Find(id)!;
        string[] hostile =
        [
            "evil.example/", "evil.example/x", "evil.example#", "evil.example?", "a@evil.example", "..", ".", "../..", "%2e%2e", "x/../../y", "a\\b", "x:1@evil.example", "[::1]", "127.0.0.1",
            "https://evil.example", "evil.example:443/", "a b", "a\nb", "", "{client_secret}", "ｅvil.example", new string('a', 3000),
        ];
        var expected = AuthorizeAddress.Of(DialectSamples.App(id), new Authorization([], State, null, null))!;
        foreach (var field in provider.Fields.Where(field => !field.IsOfAccount))
        {
            foreach (var value in hostile)
            {
                var (app, _) = DialectSamples.Create(provider, new ConnectionSettings(), (field.Name, value));
                if (app is null || AuthorizeAddress.Of(app, new Authorization([], State, null, null)) is not { } address || (field.Kind != FieldKind.Text && field.Hosts.Count == 0))
                {
                    // Refused, or a host that its owners choose.
                    continue;
                }

                Assert.Equal(expected.Authority.Split('.')[^2..], address.Authority.Split('.')[^2..]);
                Assert.Equal(expected.AbsolutePath.Count(c => c == '/'), address.AbsolutePath.Count(c => c == '/'));
                Assert.DoesNotContain("s3cret", address.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Slack_is_asked_for_the_scopes_of_a_person_by_a_parameter_of_their_own()
    {
        var app = DialectSamples.App("slack");
        var asked = Flows.Query(AuthorizeAddress.Of(app, new Authorization(["channels:read", "search:read"], State, null, null))!);

        Assert.Equal("channels:read", asked["scope"]);
        Assert.Equal("search:read", asked["user_scope"]);
        Assert.False(asked.ContainsKey("code_challenge"));
    }

    [Fact]
    public void A_nonce_goes_along_where_an_ID_token_is_asked_for()
    {
        var app = DialectSamples.App("gmail");
        Assert.Equal("n", Flows.Query(AuthorizeAddress.Of(app, new Authorization(["openid"], State, null, "n"))!)["nonce"]);
        Assert.False(Flows.Query(AuthorizeAddress.Of(app, new Authorization(["email"], State, null, "n"))!).ContainsKey("nonce"));
    }

    [Fact]
    public void An_apps_own_addresses_are_used_and_those_of_a_shared_app_never()
    {
        var settings = new ConnectionSettings { AuthorizationUrl = "https://own.example/a", TokenUrl = "https://own.example/t" };
        var github = ShippedProviders.Find("github")!;
        var own = ProviderApp.Create(github, new AppCredentials("c", "s", IsShared: false), DialectSamples.Redirect, "https://id.example", settings).App!;
        var shared = ProviderApp.Create(github, new AppCredentials("c", "s", IsShared: true), DialectSamples.Redirect, "https://id.example", settings).App!;

        Assert.Equal("own.example", AuthorizeAddress.Of(own, new Authorization([], State, null, null))!.Host);
        Assert.Equal("github.com", AuthorizeAddress.Of(shared, new Authorization([], State, null, null))!.Host);
        Assert.Equal("https://github.com/login/oauth/access_token", shared.TokenUrl);
    }
}
