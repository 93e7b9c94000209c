using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>draft-ietf-oauth-client-id-metadata-document: how long a document counts, and what becomes of grants when it changes.</summary>
[Trait("negative", "51")]
public sealed class ClientIdMetadataDocumentChangeTests(McpSide side) : IClassFixture<McpSide>
{
    [Fact]
    public async Task A_failure_is_not_kept_as_a_document_but_its_host_is_left_alone_for_a_moment()
    {
        side.Host.Serve("/late.json", "{}", status: 503);
        var id = side.Host.At("/late.json").AbsoluteUri;
        await side.RefusedAsync(id);
        side.Publish("/late.json");
        await side.RefusedAsync(id);
        Assert.Equal(1, side.Host.Asked("/late.json"));

        side.Server.Clock.Advance(TimeSpan.FromSeconds(31));

        using var browser = await side.ConsentAsync(id, McpSide.Callback);
    }

    [Fact]
    public async Task A_document_is_kept_as_long_as_it_says_within_bounds()
    {
        var never = side.Publish("/never.json", null, "no-store");
        var week = side.Publish("/week.json", null, "max-age=604800");
        foreach (var id in new[] { never, week, never, week })
        {
            using var browser = await side.ConsentAsync(id, McpSide.Callback);
        }

        Assert.Equal((1, 1), (side.Host.Asked("/never.json"), side.Host.Asked("/week.json")));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (var id in new[] { never, week })
        {
            using var browser = await side.ConsentAsync(id, McpSide.Callback);
        }

        Assert.Equal((2, 1), (side.Host.Asked("/never.json"), side.Host.Asked("/week.json")));
        side.Server.Clock.Advance(TimeSpan.FromHours(1));
        using var last = await side.ConsentAsync(week, McpSide.Callback);
        Assert.Equal(2, side.Host.Asked("/week.json"));
    }

    [Fact]
    public async Task The_token_endpoint_looks_again_and_a_document_that_is_gone_ends_the_client()
    {
        var id = side.Publish("/gone.json", null, "no-store");
        using var browser = new TestBrowser(side.Server);
        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);
        side.Host.Serve("/gone.json", "", status: 404);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));

        using var response = await side.RefreshAsync(id, tokens);

        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    [Fact]
    public async Task A_code_is_worth_nothing_once_the_document_dropped_the_redirect_it_went_to()
    {
        var id = side.Publish("/moved.json", null, "no-store");
        using var browser = new TestBrowser(side.Server);
        await side.TokensAsync(browser, id, McpSide.Callback);
        var answer = await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", "tools.call"), ("resource", McpSide.Mcp));
        side.Publish("/moved.json", document => document["redirect_uris"] = new JsonArray("https://other.example/callback"), "no-store");

        // A code lives a minute, as long as the least that a document is kept: here the document was fetched a little before.
        side.Server.Clock.Advance(TimeSpan.FromSeconds(59));
        using var fresh = await side.RedeemAsync(id, McpSide.Callback, "unknown");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        using var response = await side.RedeemAsync(id, McpSide.Callback, answer["code"]);

        await Flows.AssertErrorAsync(response, 400, "invalid_grant");
    }

    [Theory]
    [InlineData("redirects")]
    [InlineData("method")]
    public async Task What_was_granted_ends_and_people_are_asked_anew_where_what_they_relied_on_is_gone(string what)
    {
        var path = $"/changed-{what}.json";
        var id = side.Publish(path, null, "no-store");
        using var browser = new TestBrowser(side.Server);
        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);
        const string next = "https://next.example/callback";
        side.Publish(
            path,
            document =>
            {
                document["redirect_uris"] = what == "redirects" ? new JsonArray(next) : new JsonArray(McpSide.Callback, next);
                document["token_endpoint_auth_method"] = "none";
                document["token_endpoint_auth_methods_supported"] = what == "method" ? new JsonArray("none", "private_key_jwt") : null;
                document["jwks_uri"] = what == "method" ? side.Host.At("/jwks.json").AbsoluteUri : null;
            },
            "no-store");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));

        using var response = await side.RefreshAsync(id, tokens);
        await Flows.AssertErrorAsync(response, 400, "invalid_grant");
        await browser.GoAsync(Flows.AuthorizeUrl(id, next, ("scope", "tools.call offline_access"), ("resource", McpSide.Mcp)));
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        await browser.SubmitAsync(button: "Allow");
        Assert.Equal(1, await side.RowsAsync(id));
        using var again = await side.RefreshAsync(id, tokens);
        await Flows.AssertErrorAsync(again, 400, "invalid_grant");
    }

    [Fact]
    public async Task One_more_redirect_and_another_name_end_nothing()
    {
        var id = side.Publish("/grown.json", null, "no-store");
        using var browser = new TestBrowser(side.Server);
        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);
        side.Publish(
            "/grown.json",
            document => (document["client_name"], document["redirect_uris"]) = ("Another name", new JsonArray("https://more.example/callback", McpSide.Callback)),
            "no-store");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));

        using var response = await side.RefreshAsync(id, tokens);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
