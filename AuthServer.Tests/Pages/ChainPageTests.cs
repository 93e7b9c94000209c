using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>The chain of a token, for whoever holds it.</summary>
public sealed class ChainPageTests(ChainSide side) : IClassFixture<ChainSide>
{
    private const string None = "This is no access token of this server";

    [Fact]
    public async Task Whoever_pastes_a_token_sees_each_hop_and_that_it_is_good()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        var first = await alice.DelegatedAsync(bob, ["api.read"], new() { ["constraints"] = JsonNode.Parse("""[{"key":"amount","max":100}]""") });
        var token = await TokenAsync(carol, await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first }));
        using var browser = await PasteAsync(token);

        Assert.Contains("The token is good", browser.Text, StringComparison.Ordinal);
        Assert.Equal(2, browser.Page.QuerySelectorAll(".chain .hop.lives").Length);
        Assert.Contains("amount at most 100", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(token, browser.Page.Source.Text, StringComparison.Ordinal);
        Assert.True(browser.Response.Headers.CacheControl!.NoStore);
        Assert.Empty(browser.Page.QuerySelectorAll(".chain a"));
    }

    [Fact]
    public async Task A_token_in_the_form_that_verifies_offline_is_shown_too()
    {
        SigningKey[] keys = [SigningKey.Create(JwsAlgorithm.ES256), SigningKey.Create(JwsAlgorithm.ES256)];
        var (alice, bob) = (await side.SignerAsync([keys[0]], ChainSide.Own), await side.SignerAsync([keys[1]], ChainSide.Own));
        var answer = (await bob.ActAsync(await alice.DelegatedAsync(bob, ["api.read"]))).Is(HttpStatusCode.OK).Json;
        using var browser = await PasteAsync("  " + answer.GetProperty("access_token").GetString()! + "\n");

        Assert.Contains("The token is good", browser.Text, StringComparison.Ordinal);
        Assert.Contains("worth nothing without its holder's key", browser.Text, StringComparison.Ordinal);
        Assert.Single(browser.Page.QuerySelectorAll(".chain .hop.lives"));
    }

    [Fact]
    public async Task A_dead_token_and_each_dead_hop_say_why()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        var first = await alice.DelegatedAsync(bob, ["api.read"]);
        var second = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first });
        var token = await TokenAsync(carol, second);
        using var alices = alice.Rest();
        (await alices.DeleteAsync("/delegations/" + first)).Is(HttpStatusCode.OK);
        using var browser = await PasteAsync(token);

        Assert.Contains("The token is worth nothing", browser.Text, StringComparison.Ordinal);
        Assert.Contains("It was revoked, or something that it hangs on was", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["Revoked", "Revoked"], browser.Page.QuerySelectorAll(".chain .risk").Select(state => state.TextContent.Trim()));
    }

    [Fact]
    public async Task A_token_that_has_expired_says_when()
    {
        var alice = await side.AgentAsync();
        var token = await alice.TokenAsync();
        using (var good = await PasteAsync(token))
        {
            Assert.Contains("The agent acts for itself", good.Text, StringComparison.Ordinal);
        }

        side.Server.Clock.Advance(TimeSpan.FromHours(13));
        using var browser = await PasteAsync(token);
        Assert.Contains("The token is worth nothing", browser.Text, StringComparison.Ordinal);
        Assert.Contains("It ended on", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_this_server_never_issued_gets_one_sentence()
    {
        var token = await (await side.AgentAsync()).TokenAsync();
        var parts = token.Split('.');
        foreach (var stranger in new[]
        {
            "", "nonsense", "a.b.c", new string('x', 20_000), token[..^4] + "AAAA", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[0]}.{parts[2]}", "<script>alert(1)</script>",
            (await (await side.AgentAsync()).AuthenticateAsync()).GetProperty("refresh_token").GetString()!,
        })
        {
            using var browser = await PasteAsync(stranger);
            Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
            Assert.Contains(None, browser.Text, StringComparison.Ordinal);
            Assert.Equal("", browser.Page.QuerySelector("textarea")!.TextContent);
        }
    }

    [Fact]
    public async Task A_token_in_the_address_is_not_looked_at()
    {
        var token = await (await side.AgentAsync()).TokenAsync();
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync($"/chain?Token={token}&token={token}");
        Assert.DoesNotContain("The token is", browser.Text, StringComparison.Ordinal);
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/chain?Token=" + token))
        {
            Content = new FormUrlEncodedContent([new("csrf", browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value"))]),
        });

        Assert.Contains(None, browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_guesses_waits()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "2"));
        using var browser = new TestBrowser(server);
        for (var i = 0; i < 2; i++)
        {
            await browser.GoAsync("/chain");
            await browser.SubmitAsync(new() { ["Token"] = "a.b.c" });
            Assert.Contains(None, browser.Text, StringComparison.Ordinal);
        }

        await browser.GoAsync("/chain");
        await browser.SubmitAsync(new() { ["Token"] = "a.b.c" });
        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Response.StatusCode);
        Assert.True(browser.Response.Headers.RetryAfter is not null);
    }

    private async Task<TestBrowser> PasteAsync(string token)
    {
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/chain");
        await browser.SubmitAsync(new() { ["Token"] = token });
        return browser;
    }

    private static async Task<string> TokenAsync(KeyedAgent agent, string delegationId) =>
        (await agent.ActAsync(delegationId)).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
}
