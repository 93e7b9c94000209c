using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>Browser clients that introduce themselves by a document: their pages may call this server (CORS) once a person has accepted the document.</summary>
[Trait("negative", "63")]
public sealed class ClientIdMetadataDocumentOriginTests(McpSide side) : IClassFixture<McpSide>
{
    private static readonly string[] Open = ["/connect/token", "/connect/revoke", "/connect/userinfo", "/connect/register", "/mcp", "/mcp/oauth"];

    [Fact]
    public async Task A_page_of_a_client_that_a_person_accepted_may_call()
    {
        var origin = Origin();
        var id = Publish("accepted", origin + "/callback");
        using var browser = new TestBrowser(side.Server);
        await side.TokensAsync(browser, id, origin + "/callback");

        foreach (var path in Open)
        {
            using var preflight = await PreflightAsync(path, origin, "POST", "authorization,content-type,dpop,mcp-protocol-version,mcp-session-id,mcp-method,mcp-name");
            Assert.Equal((HttpStatusCode.NoContent, origin), (preflight.StatusCode, Allowed(preflight)));
            Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));
        }

        using var ending = await PreflightAsync("/mcp", origin, "DELETE", "mcp-session-id");
        Assert.Contains("DELETE", ending.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);

        using var asked = await CallAsync("/mcp/oauth", origin);
        Assert.Equal((HttpStatusCode.Unauthorized, origin), (asked.StatusCode, Allowed(asked)));
        var told = asked.Headers.GetValues("Access-Control-Expose-Headers").Single();
        Assert.All(new[] { "WWW-Authenticate", "Mcp-Session-Id", "DPoP-Nonce" }, name => Assert.Contains(name, told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetching_a_document_opens_nothing()
    {
        var origin = Origin();
        var id = Publish("fetched", origin + "/callback");
        using var browser = await side.ConsentAsync(id, origin + "/callback");

        foreach (var path in Open)
        {
            using var preflight = await PreflightAsync(path, origin, "POST", "authorization");
            Assert.Null(Allowed(preflight));
        }

        using var asked = await CallAsync("/mcp", origin);
        Assert.Equal((HttpStatusCode.Forbidden, null), (asked.StatusCode, Allowed(asked)));
        await browser.SubmitAsync(button: "Deny");
        using var denied = await PreflightAsync("/mcp", origin, "POST", "authorization");
        Assert.Null(Allowed(denied));
    }

    [Fact]
    public async Task What_runs_on_peoples_own_machines_is_no_page_of_a_strangers()
    {
        var origin = Origin();
        var id = Publish("loopback", "http://localhost/callback", "http://127.0.0.1:3118/callback", origin + "/callback");
        using var browser = new TestBrowser(side.Server);
        await side.TokensAsync(browser, id, origin + "/callback");

        foreach (var local in new[] { "http://localhost", "http://localhost:51234", "http://127.0.0.1:3118", "null" })
        {
            using var preflight = await PreflightAsync("/mcp", local, "POST", "authorization");
            Assert.Null(Allowed(preflight));
        }
    }

    [Fact]
    public async Task Pages_that_a_newer_document_dropped_are_let_in_no_longer_once_that_is_accepted()
    {
        var (first, second) = (Origin(), Origin());
        var id = Publish("moved", first + "/callback");
        using var browser = new TestBrowser(side.Server);
        await side.TokensAsync(browser, id, first + "/callback");
        Publish("moved", second + "/callback");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await side.TokensAsync(browser, id, second + "/callback");

        using var former = await PreflightAsync("/connect/token", first, "POST", "authorization");
        Assert.Null(Allowed(former));
        using var present = await PreflightAsync("/connect/token", second, "POST", "authorization");
        Assert.Equal(second, Allowed(present));
    }

    private static string Origin() => $"https://web-{Guid.NewGuid():N}.example";

    private string Publish(string name, params string[] redirects) => side.Publish(
        $"/origin-{name}.json", document => document["redirect_uris"] = new JsonArray([.. redirects.Select(uri => JsonValue.Create(uri))]), "no-store");

    private async Task<HttpResponseMessage> PreflightAsync(string path, string origin, string method, string headers)
    {
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", method);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", headers);
        return await http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> CallAsync(string path, string origin)
    {
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover","arguments":{}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return await http.SendAsync(request);
    }

    private static string? Allowed(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? string.Join(',', values) : null;
}
