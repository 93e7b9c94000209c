using System.Text.Json;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 8707: which API a token is for.</summary>
public sealed class Rfc8707ResourceTests(TokenSide side) : IClassFixture<TokenSide>
{
    private const string Scope = "things.read offline_access";

    [Fact]
    public async Task Without_a_resource_the_audience_is_the_issuer_where_the_client_has_several()
    {
        var tokens = await side.TokensAsync();
        Assert.Equal([side.Server.Issuer], Audience(tokens));
    }

    [Fact]
    public async Task Without_a_resource_the_audience_is_the_clients_only_one()
    {
        using var response = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "things.read"));
        Assert.Equal([Flows.Api], Audience(await OkAsync(response)));
    }

    [Fact]
    public async Task Several_resources_of_the_authorization_are_the_audience_and_can_be_narrowed_at_each_request()
    {
        var code = (await AuthorizeAsync($"&resource={Uri.EscapeDataString(Flows.Api)}&resource={Uri.EscapeDataString(Flows.Other)}"))["code"];

        using var narrowed = await side.RedeemAsync("web", code, ("resource", Flows.Api));
        var first = await OkAsync(narrowed);
        Assert.Equal([Flows.Api], Audience(first));

        // The refresh token keeps all that was granted.
        using var other = await side.RefreshAsync("web", Text(first, "refresh_token"), ("resource", Flows.Other));
        var second = await OkAsync(other);
        Assert.Equal([Flows.Other], Audience(second));

        using var all = await side.RefreshAsync("web", Text(second, "refresh_token"));
        var third = await OkAsync(all);
        Assert.Equal([Flows.Api, Flows.Other], Audience(third));

        using var both = await side.RefreshAsync("web", Text(third, "refresh_token"), ("resource", Flows.Other), ("resource", Flows.Api));
        Assert.Equal([Flows.Other, Flows.Api], Audience(await OkAsync(both)));
    }

    [Fact]
    public async Task A_resource_beyond_the_authorizations_is_refused_at_the_token_endpoint_and_does_not_use_up_the_code()
    {
        var code = (await AuthorizeAsync($"&resource={Uri.EscapeDataString(Flows.Api)}"))["code"];

        using var wider = await side.RedeemAsync("web", code, ("resource", Flows.Other));
        await Flows.AssertErrorAsync(wider, 400, "invalid_target");
        using var both = await side.RedeemAsync("web", code, ("resource", Flows.Api), ("resource", Flows.Other));
        await Flows.AssertErrorAsync(both, 400, "invalid_target");

        using var same = await side.RedeemAsync("web", code);
        Assert.Equal([Flows.Api], Audience(await OkAsync(same)));
    }

    [Theory]
    [InlineData("https://unknown.example")]
    [InlineData("https://api.example#fragment")]
    [InlineData("https://api.example/things")]
    [InlineData("https://api.example?x=y")]
    [InlineData("https://API.example")]
    [InlineData("https://api.example:443")]
    [InlineData("https://api.example//")]
    [InlineData("http://api.example")]
    [InlineData("https://other.example/mcp/")]
    [InlineData("https://other.example/MCP")]
    [InlineData("https://other.example/mcp-v2")]
    [InlineData("https://other.example")]
    [InlineData("api.example")]
    [InlineData("/mcp")]
    [InlineData("urn:nothing")]
    [InlineData("not a uri")]
    public async Task Another_resource_is_an_invalid_target_at_both_endpoints(string resource)
    {
        Assert.Equal("invalid_target", (await AuthorizeAsync("&resource=" + Uri.EscapeDataString(resource)))["error"]);
        Assert.Equal("invalid_target", (await AuthorizeAsync($"&resource={Uri.EscapeDataString(Flows.Api)}&resource={Uri.EscapeDataString(resource)}"))["error"]);
        using var response = await Flows.TokenAsync(
            side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "things.read"), ("resource", resource));
        await Flows.AssertErrorAsync(response, 400, "invalid_target");
    }

    [Fact]
    public async Task The_slash_of_a_URI_without_a_path_makes_no_difference()
    {
        using var response = await Flows.TokenAsync(
            side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "things.read"), ("resource", Flows.Api + "/"), ("resource", Flows.Api));
        Assert.Equal([Flows.Api], Audience(await OkAsync(response)));
    }

    [Fact]
    public async Task A_scope_that_none_of_the_resources_understands_is_refused()
    {
        // "other" understands any scope; the API only its own.
        Assert.Equal("invalid_scope", (await AuthorizeAsync($"&resource={Uri.EscapeDataString(Flows.Api)}", "nothing.known"))["error"]);
    }

    private async Task<Dictionary<string, string>> AuthorizeAsync(string more, string scope = Scope)
    {
        await side.CodeAsync("web", ("scope", "openid"));
        await side.Browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", scope)) + more);
        if (side.Browser.Left is null)
        {
            await side.Browser.SubmitAsync(button: "Allow");
        }

        return Flows.Query(side.Browser.Left!);
    }

    private static string[] Audience(JsonElement tokens)
    {
        var audience = Flows.Claims(Text(tokens, "access_token")).GetProperty("aud");
        return audience.ValueKind == JsonValueKind.String ? [audience.GetString()!] : [.. audience.EnumerateArray().Select(value => value.GetString()!)];
    }
}
