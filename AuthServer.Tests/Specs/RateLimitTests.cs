using System.Globalization;
using System.Net;
using AuthServer.Audit;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>What fails before anybody is authenticated may fail thirty times a minute from one address; what succeeds is not counted.</summary>
[Trait("negative", "56")]
public sealed class RateLimitTests
{
    private const int PerMinute = 30;

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/connect/introspect")]
    [InlineData("/connect/revoke")]
    public async Task After_thirty_failures_an_address_must_wait_and_is_told_how_long(string endpoint)
    {
        await using var server = await StartAsync();
        for (var i = 0; i < PerMinute; i++)
        {
            using var failed = await FailAsync(server, endpoint);
            Assert.Equal(HttpStatusCode.Unauthorized, failed.StatusCode);
        }

        using var limited = await FailAsync(server, endpoint);
        await Flows.AssertErrorAsync(limited, 429, "too_many_requests");
        Assert.Equal("60", limited.Headers.GetValues("Retry-After").Single());

        using var another = await FailAsync(server, "/connect/token");
        Assert.Equal(HttpStatusCode.TooManyRequests, another.StatusCode);
    }

    [Fact]
    public async Task Who_waits_as_long_as_told_may_try_again()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < PerMinute; i++)
        {
            using var failed = await FailAsync(server);
        }

        using var limited = await FailAsync(server);
        server.Clock.Advance(TimeSpan.FromSeconds(int.Parse(limited.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture)));

        using var again = await FailAsync(server);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task Two_minutes_later_all_thirty_are_there_again()
    {
        await using var server = await StartAsync();
        for (var i = 0; i <= PerMinute; i++)
        {
            using var failed = await FailAsync(server);
        }

        server.Clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < PerMinute; i++)
        {
            using var failed = await FailAsync(server);
            Assert.Equal(HttpStatusCode.Unauthorized, failed.StatusCode);
        }
    }

    [Fact]
    public async Task A_window_that_slides_gives_no_second_helping_at_its_edge()
    {
        await using var server = await StartAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        using (await FailAsync(server))
        {
            server.Clock.Advance(TimeSpan.FromSeconds(55));
        }

        var answered = 0;
        for (var i = 0; i < 2 * PerMinute; i++)
        {
            if (i == PerMinute)
            {
                server.Clock.Advance(TimeSpan.FromSeconds(10));
            }

            using var failed = await FailAsync(server);
            answered += failed.StatusCode == HttpStatusCode.Unauthorized ? 1 : 0;
        }

        Assert.InRange(answered, PerMinute - 1, PerMinute + 6);
    }

    [Fact]
    public async Task A_public_client_goes_on_while_its_address_is_limited()
    {
        await using var server = await StartAsync();
        using var browser = new TestBrowser(server);
        var answer = await Flows.AuthorizeAsync(browser, "spa", "https://spa.example/callback");
        for (var i = 0; i <= PerMinute; i++)
        {
            using var failed = await FailAsync(server);
        }

        using var response = await Flows.TokenAsync(
            server, "spa", null, ("grant_type", "authorization_code"), ("code", answer["code"]), ("redirect_uri", "https://spa.example/callback"),
            ("code_verifier", Flows.Verifier));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Known_secrets_go_on_without_limit_while_their_address_is_limited()
    {
        await using var server = await StartAsync();
        using var first = await AskAsync(server);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        for (var i = 0; i <= PerMinute; i++)
        {
            using var failed = await FailAsync(server);
        }

        for (var i = 0; i < 2 * PerMinute; i++)
        {
            using var response = await AskAsync(server);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        // The right secret of a client that is not known yet cannot be told from a guess.
        using var guess = await FailAsync(server);
        Assert.Equal(HttpStatusCode.TooManyRequests, guess.StatusCode);
    }

    [Fact]
    public async Task Successes_count_for_nothing()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 3 * PerMinute; i++)
        {
            using var response = await AskAsync(server);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        using var failed = await FailAsync(server);
        Assert.Equal(HttpStatusCode.Unauthorized, failed.StatusCode);
    }

    [Fact]
    public async Task Refusals_of_a_public_client_count_since_it_proves_nothing()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < PerMinute; i++)
        {
            using var failed = await Flows.TokenAsync(server, "spa", null, ("grant_type", "refresh_token"), ("refresh_token", "guess"));
            Assert.Equal(HttpStatusCode.BadRequest, failed.StatusCode);
        }

        using var limited = await Flows.TokenAsync(server, "spa", null, ("grant_type", "refresh_token"), ("refresh_token", "guess"));
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
    }

    [Fact]
    public async Task A_public_client_that_introspects_is_counted_too()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < PerMinute; i++)
        {
            using var failed = await Flows.PostAsync(server, "/connect/introspect", "spa", null, ("token", "guess"));
            Assert.Equal(HttpStatusCode.Unauthorized, failed.StatusCode);
        }

        using var limited = await Flows.PostAsync(server, "/connect/introspect", "spa", null, ("token", "guess"));
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
    }

    [Fact]
    [Trait("negative", "25")]
    public async Task A_forwarded_address_of_a_stranger_is_not_believed()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < PerMinute; i++)
        {
            using var failed = await FailAsync(server, forwardedFor: $"203.0.113.{i}");
        }

        using var limited = await FailAsync(server, forwardedFor: "203.0.113.200");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.All(await RefusalAddressesAsync(server), address => Assert.DoesNotContain("203.0.113", address, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("negative", "25")]
    public async Task A_forwarded_address_of_a_configured_proxy_is_and_each_has_its_own_limit()
    {
        await using var server = await StartAsync(("AuthServer:Proxies:0", "127.0.0.1"), ("AuthServer:Proxies:1", "::1/128"));
        for (var i = 0; i <= PerMinute; i++)
        {
            using var failed = await FailAsync(server, forwardedFor: "203.0.113.1");
            Assert.Equal(i < PerMinute ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, failed.StatusCode);
        }

        using var another = await FailAsync(server, forwardedFor: "203.0.113.2");
        Assert.Equal(HttpStatusCode.Unauthorized, another.StatusCode);

        // Who is behind the proxy may write what they like in front of what the proxy adds.
        using var spoofed = await FailAsync(server, forwardedFor: "198.51.100.9, 203.0.113.1");
        Assert.Equal(HttpStatusCode.TooManyRequests, spoofed.StatusCode);
        Assert.Contains("203.0.113.1", await RefusalAddressesAsync(server));
    }

    [Fact]
    public async Task The_addresses_of_one_IPv6_network_share_a_limit()
    {
        await using var server = await StartAsync(("AuthServer:Proxies:0", "127.0.0.0/8"), ("AuthServer:Proxies:1", "::1"));
        for (var i = 0; i < PerMinute; i++)
        {
            using var failed = await FailAsync(server, forwardedFor: $"2001:db8:1:2::{i:x}");
        }

        using var neighbour = await FailAsync(server, forwardedFor: "2001:db8:1:2:ffff::1");
        Assert.Equal(HttpStatusCode.TooManyRequests, neighbour.StatusCode);
        using var elsewhere = await FailAsync(server, forwardedFor: "2001:db8:1:3::1");
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
        Assert.Equal(["2001:db8:1:2::/64", "2001:db8:1:3::/64"], (await RefusalAddressesAsync(server)).Distinct().Order(StringComparer.Ordinal));
    }

    private static Task<TestServer> StartAsync(params (string, string)[] more) => Flows.StartAsync([("AuthServer:RateLimits:PerAddress", "30"), .. more]);

    private static Task<HttpResponseMessage> AskAsync(TestServer server) => Flows.TokenAsync(server, "machine", Flows.Secret, ("grant_type", "client_credentials"));

    private static async Task<HttpResponseMessage> FailAsync(TestServer server, string endpoint = "/connect/token", string? forwardedFor = null)
    {
        // Without any credential: the cheapest failure, so that the limit is reached quickly.
        using var http = server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = Form(("grant_type", "client_credentials"), ("token", "x")) };
        if (forwardedFor is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        }

        return await http.SendAsync(request);
    }

    private static async Task<string[]> RefusalAddressesAsync(TestServer server)
    {
        await server.Services.GetRequiredService<Refusals>().FlushAsync(CancellationToken.None);
        return await server.QueryAsync(context => Task.FromResult(context.RefusalCounts.Select(row => row.Address).ToArray()));
    }
}
