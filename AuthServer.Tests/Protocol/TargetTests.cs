using System.Collections.Frozen;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Tests.Protocol;

public sealed class TargetTests
{
    private const string Api = "https://api.example";
    private const string Other = "https://other.example/mcp";

    private static readonly Dictionary<string, ResourceServer> Known = new()
    {
        [Api] = new ResourceServer(Api, "The API", new[] { "read", "write" }.ToFrozenSet()),
        [Other] = new ResourceServer(Other, "The other", FrozenSet<string>.Empty),
        ["https://third.example"] = new ResourceServer("https://third.example", "Not the client's", FrozenSet<string>.Empty),
    };

    [Theory]
    [InlineData("scope=read", "read", "")]
    [InlineData("scope=read+write+read", "read write", "")]
    [InlineData("scope=read&resource=https%3A%2F%2Fapi.example", "read", Api)]
    [InlineData("scope=read&resource=https%3A%2F%2Fapi.example%2F&resource=https%3A%2F%2Fapi.example", "read", Api)]
    [InlineData("scope=read+extra&resource=https%3A%2F%2Fother.example%2Fmcp&resource=https%3A%2F%2Fapi.example", "read extra", Other + " " + Api)]
    [InlineData("", "extra openid profile read write", "")]
    [InlineData("resource=https%3A%2F%2Fapi.example", "openid profile read write", Api)]
    [InlineData("scope=openid+offline_access", "openid offline_access", "")]
    public void A_request_is_resolved_to_what_it_may_have(string request, string scopes, string resources)
    {
        var target = Resolve(request).Value!;
        Assert.Equal(scopes, ScopeNames.Join(target.Scopes));
        Assert.Equal(resources, string.Join(' ', target.Resources));
    }

    [Theory]
    [InlineData("scope=admin", "invalid_scope")]
    [InlineData("scope=read+admin", "invalid_scope")]
    [InlineData("scope=READ", "invalid_scope")]
    [InlineData("scope=+", "invalid_scope")]
    [InlineData("scope=%22", "invalid_scope")]
    [InlineData("scope=re%5Cad", "invalid_scope")]
    [InlineData("scope=r%C3%A9ad", "invalid_scope")]
    [InlineData("scope=email", "invalid_scope")]
    [InlineData("scope=extra&resource=https%3A%2F%2Fapi.example", "invalid_scope")]
    [InlineData("scope=read&resource=https%3A%2F%2Fthird.example", "invalid_target")]
    [InlineData("scope=read&resource=https%3A%2F%2Fapi.example%23x", "invalid_target")]
    [InlineData("scope=read&resource=https%3A%2F%2Fapi.example%2Fv2", "invalid_target")]
    [InlineData("scope=read&resource=api.example", "invalid_target")]
    [InlineData("scope=read&resource=%2Fetc%2Fpasswd", "invalid_target")]
    [InlineData("scope=read&resource=https%3A%2F%2Fother.example%2Fmcp%2F", "invalid_target")]
    public void What_it_may_not_have_is_refused(string request, string error) => Assert.Equal(error, Resolve(request).Error?.Code);

    [Theory]
    [InlineData("scope=openid")]
    [InlineData("scope=profile")]
    [InlineData("scope=read+offline_access")]
    public void A_client_that_acts_for_itself_has_no_scopes_about_people(string request) =>
        Assert.Equal("invalid_scope", Resolve(request, forItself: true).Error?.Code);

    [Fact]
    public void The_default_for_itself_leaves_people_out() => Assert.Equal(["extra", "read", "write"], Resolve("", forItself: true).Value!.Scopes);

    [Fact]
    public void A_client_with_one_resource_gets_it_without_asking()
    {
        var client = TestClient.With(client => client with { Resources = new[] { Api }.ToFrozenSet(), Scopes = new[] { "read" }.ToFrozenSet() });
        var target = Target.Resolve(TestClient.Form("scope=read"), client, Known, [], forItself: true).Value!;
        Assert.Equal([Api], target.Resources);
    }

    [Fact]
    public void A_client_without_any_scope_has_no_default()
    {
        var client = TestClient.With(client => client with { Scopes = [] });
        Assert.Equal("invalid_scope", Target.Resolve(TestClient.Form(""), client, Known, [], forItself: true).Error?.Code);
    }

    [Fact]
    public void Without_the_refresh_grant_there_is_no_offline_access()
    {
        var client = TestClient.With(client => client with { GrantTypes = new[] { GrantTypes.AuthorizationCode }.ToFrozenSet() });
        Assert.Equal("invalid_scope", Target.Resolve(TestClient.Form("scope=openid+offline_access"), client, Known, [], forItself: false).Error?.Code);
    }

    [Theory]
    [InlineData("scope=crm.contacts", "crm.contacts")]
    [InlineData("scope=crm.nobody.knows.it", "crm.nobody.knows.it")]
    [InlineData("scope=crm.*", "crm.contacts crm.deals.read")]
    [InlineData("scope=crm.deals.*", "crm.deals.read")]
    [InlineData("scope=mail:*+read", "mail:read read")]
    [InlineData("scope=mail:read+mail:*", "mail:read")]
    [InlineData("", "crm.contacts crm.deals.read mail:read read")]
    [InlineData("scope=crm.*+mail:*&resource=https%3A%2F%2Fapi.example", "crm.contacts crm.own")]
    [InlineData("resource=https%3A%2F%2Fapi.example", "crm.contacts crm.own read")]
    public void A_client_with_a_wildcard_gets_the_concrete_scopes_below_it(string request, string scopes) =>
        Assert.Equal(scopes, ScopeNames.Join(ResolveWild(request).Value!.Scopes));

    [Theory]
    [InlineData("scope=crm")]
    [InlineData("scope=crm:contacts")]
    [InlineData("scope=mail.read")]
    [InlineData("scope=mail.*")]
    [InlineData("scope=*")]
    [InlineData("scope=c*")]
    [InlineData("scope=crm.*.read")]
    [InlineData("scope=read.*")]
    [InlineData("scope=crm.nobody.*")]
    [InlineData("scope=crm.deals.read&resource=https%3A%2F%2Fapi.example")]
    [InlineData("scope=mail:*&resource=https%3A%2F%2Fapi.example")]
    public void A_wildcard_gives_nothing_that_is_not_below_it_known_and_understood(string request) =>
        Assert.Equal("invalid_scope", ResolveWild(request).Error?.Code);

    [Theory]
    [InlineData("https://api.example", "https://api.example")]
    [InlineData("https://api.example/", "https://api.example")]
    [InlineData("https://api.example/mcp/", "https://api.example/mcp/")]
    [InlineData("https://api.example/?a=b", "https://api.example/?a=b")]
    [InlineData("urn:example:api", "urn:example:api")]
    [InlineData("https://api.example#", null)]
    [InlineData("https://api.example#x", null)]
    [InlineData("/api", null)]
    [InlineData("//api.example", null)]
    [InlineData("api", null)]
    [InlineData("\\\\server\\share", null)]
    [InlineData("", null)]
    public void Only_the_slash_of_a_URI_without_a_path_is_forgiven(string uri, string? canonical) => Assert.Equal(canonical, ResourceServer.Canonical(uri));

    [Fact]
    public void An_endless_URI_is_none() => Assert.Null(ResourceServer.Canonical("https://api.example/" + new string('x', 400)));

    private static Result<Target> ResolveWild(string request) => Target.Resolve(
        TestClient.Form(request),
        TestClient.With(client => client with { Scopes = ["read", "crm.*", "mail:*"], Resources = [Api, Other] }),
        new Dictionary<string, ResourceServer> { [Api] = new(Api, "The API", ["read", "crm.contacts", "crm.own"]) },
        ["mail:read", "mail.read", "crm.deals.read", "crm.contacts", "crm", "other.read"],
        forItself: true);

    private static Result<Target> Resolve(string request, bool forItself = false) => Target.Resolve(
        TestClient.Form(request),
        TestClient.With(client => client with
        {
            Scopes = new[] { "read", "write", "extra", "openid", "profile" }.ToFrozenSet(),
            Resources = new[] { Api, Other }.ToFrozenSet(),
        }),
        Known,
        [],
        forItself);
}
