using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>How to connect a program by MCP, on a page.</summary>
public sealed class ConnectAgentsTests(PageServer pages) : IClassFixture<PageServer>
{
    private readonly TestServer _server = pages.Server;

    [Fact]
    public async Task It_shows_what_to_paste_into_each_host_with_this_installations_address()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/connect-agents");
        var texts = browser.Page.QuerySelectorAll("pre").Select(pre => pre.TextContent).ToArray();

        Assert.Equal(10, texts.Length);
        Assert.All(texts[..^1], text => Assert.Contains(_server.Issuer + "/mcp", text, StringComparison.Ordinal));
        Assert.All(texts.Where(text => text.StartsWith('{')), text => Assert.Equal(JsonValueKind.Object, JsonElement.Parse(text).EnumerateObject().Single().Value.GetProperty("authserver").ValueKind));
        Assert.Contains($"\"AGENTAUTH_URL\": \"{_server.Issuer}\"", texts[^1], StringComparison.Ordinal);
        Assert.Contains(_server.Issuer + "/mcp/oauth", browser.Page.QuerySelectorAll("code").Select(code => code.TextContent));
        foreach (var name in new[] { "Claude Desktop", "Claude Code", "Cursor", "VS Code", "Windsurf", "Continue", "Zed" })
        {
            Assert.Contains(browser.Page.QuerySelectorAll("h2"), heading => heading.TextContent.StartsWith(name, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("/mcp")]
    [InlineData("/mcp/oauth")]
    public async Task A_person_who_opens_the_servers_address_is_sent_there(string path)
    {
        using var http = _server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal("/connect-agents", response.Headers.Location?.ToString());
    }
}
