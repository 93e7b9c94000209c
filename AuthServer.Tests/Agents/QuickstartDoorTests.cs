using System.Net;
using AuthServer.Accounts;
using AuthServer.Audit;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Agents;

/// <summary>Who may register an agent without an account, how often, and how many; and bootstrap beside it.</summary>
public sealed class QuickstartDoorTests
{
    [Fact]
    public async Task Closed_it_refuses_everybody_and_the_trail_counts_why()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:Agents", "closed"));
        (await AskAsync(server, "one")).Is(HttpStatusCode.Forbidden, "quickstart_closed");
        (await AskAsync(server, "one", Invitation(server))).Is(HttpStatusCode.Forbidden, "quickstart_closed");

        Assert.Equal(2, await CountedAsync(server, "quickstart_closed"));
        Assert.Equal(0, await server.QueryAsync(context => context.Agents.CountAsync()));
    }

    [Fact]
    public async Task By_invitation_one_invitation_makes_one_agent_and_a_request_that_fails_does_not_use_it_up()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:Agents", "invite"));
        var invitation = Invitation(server);

        (await AskAsync(server, "one")).Is(HttpStatusCode.Forbidden, "quickstart_closed");
        (await AskAsync(server, "one", "none-of-ours")).Is(HttpStatusCode.Forbidden, "quickstart_closed");
        (await AskAsync(server, " ", invitation)).Is(HttpStatusCode.BadRequest, "invalid_request");
        (await AskAsync(server, "one", invitation)).Is(HttpStatusCode.Created);
        (await AskAsync(server, "two", invitation)).Is(HttpStatusCode.Forbidden, "quickstart_closed");
        Assert.Equal(1, await CountedAsync(server, "quickstart_invitation_used"));
    }

    [Theory]
    [InlineData("invite")]
    [InlineData("open")]
    public async Task An_invitation_for_one_person_is_none_for_an_agent_and_stays_theirs(string mode)
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:Agents", mode), ("AuthServer:SignUp:People", "invite"));
        var invitation = server.Services.GetRequiredService<Invitations>().Create("grace@example.com", administrator: false).Split("invitation=")[1];

        var refused = (await AskAsync(server, "one", invitation)).Is(HttpStatusCode.Forbidden, "quickstart_closed");
        Assert.DoesNotContain("grace", refused.Text, StringComparison.Ordinal);
        Assert.Equal(1, await CountedAsync(server, "quickstart_invitation_bound"));
        Assert.Equal(0, await server.QueryAsync(context => context.Agents.CountAsync()));

        using var person = new Rest(server);
        var made = (await person.PostAsync("/users/register", new { name = "Grace", email = "mallory@example.com", password = Rest.Password, invitation })).Is(HttpStatusCode.Created).Json;
        Assert.Equal("grace@example.com", made.GetProperty("user").GetProperty("email").GetString());
    }

    [Theory]
    [InlineData("2001:db8:1:200::1", "2001:db8:1:2ff::1", "2001:db8:1:2ab::1", "2001:db8:1:300::1")]
    [InlineData("198.51.100.1", "198.51.100.255", "198.51.100.77", "198.51.101.1")]
    [InlineData("::ffff:198.51.100.1", "198.51.100.2", "::ffff:198.51.100.3", "::ffff:198.51.99.1")]
    public async Task Many_networks_of_one_customer_do_not_fill_all_places(string first, string second, string third, string elsewhere)
    {
        await using var server = await Flows.StartAsync(
            ("AuthServer:Proxies:0", "127.0.0.0/8"), ("AuthServer:Proxies:1", "::1"), ("AuthServer:Quickstart:MostPerNetwork", "1"), ("AuthServer:Quickstart:MostPerNeighbourhood", "2"));
        (await FromAsync(server, first)).Is(HttpStatusCode.Created);
        (await FromAsync(server, first)).Is(HttpStatusCode.TooManyRequests, "too_many_requests");
        (await FromAsync(server, second)).Is(HttpStatusCode.Created);
        (await FromAsync(server, third)).Is(HttpStatusCode.TooManyRequests, "too_many_requests");
        (await FromAsync(server, elsewhere)).Is(HttpStatusCode.Created);
        Assert.Equal((1, 1), (await CountedAsync(server, "quickstart_network_full"), await CountedAsync(server, "quickstart_neighbourhood_full")));
    }

    [Fact]
    public async Task The_set_up_link_of_a_first_start_is_for_a_person()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:SignUp:Agents", "invite"));
        var link = server.Services.GetRequiredService<Invitations>().Create(email: null, administrator: true).Split("invitation=")[1];

        (await AskAsync(server, "one", link)).Is(HttpStatusCode.Forbidden, "quickstart_closed");
    }

    [Fact]
    public async Task One_network_makes_so_many_in_a_minute_and_has_so_many_at_a_time()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:NewAgents", "3"), ("AuthServer:Quickstart:MostPerNetwork", "4"));
        for (var i = 0; i < 3; i++)
        {
            (await AskAsync(server, $"agent {i}")).Is(HttpStatusCode.Created);
        }

        var hasty = (await AskAsync(server, "hasty")).Is(HttpStatusCode.TooManyRequests, "too_many_requests");
        Assert.True(hasty.Response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        (await AskAsync(server, "agent 3")).Is(HttpStatusCode.Created);
        (await AskAsync(server, "agent 4")).Is(HttpStatusCode.TooManyRequests, "too_many_requests");
        Assert.Equal((1, 1), (await CountedAsync(server, "quickstart_pace"), await CountedAsync(server, "quickstart_network_full")));
    }

    [Fact]
    public async Task Bootstrap_gives_a_developer_a_root_agent_with_a_key_of_their_organization()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:Agents", "closed"));
        var acme = await OrganizationSide.CreateAsync(server);
        var made = await acme.AskAsync(HttpMethod.Post, "/api/v1/agents/bootstrap", new { name = "Runner", agent_type = "orchestrator" }, HttpStatusCode.Created);

        Assert.Equal(acme.Id, made.GetProperty("agent").GetProperty("organization_id").GetString());
        Assert.False(made.TryGetProperty("token", out _) || made.TryGetProperty("claim", out _));
        using var rest = new Rest(server, made.GetProperty("api_key").GetString());
        (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK);
        await acme.AskAsync(HttpMethod.Post, "/api/v1/agents/bootstrap", new { name = "runner", agent_type = "tool" }, HttpStatusCode.Conflict);
        await (await acme.ColleagueAsync(Role.Auditor)).AskAsync(HttpMethod.Post, "/api/v1/agents/bootstrap", new { name = "x", agent_type = "tool" }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Bootstrap_without_a_credential_is_a_quickstart_without_tokens()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:NewAgents", "1"));
        using var nobody = new Rest(server);
        var made = (await nobody.PostAsync("/agents/bootstrap", new { name = "Runner", agent_type = "tool" })).Is(HttpStatusCode.Created).Json;

        Assert.True(made.TryGetProperty("claim", out _));
        Assert.False(made.TryGetProperty("token", out _));
        (await nobody.PostAsync("/agents/bootstrap", new { name = "Other", agent_type = "tool" })).Is(HttpStatusCode.TooManyRequests, "too_many_requests");
        using var stranger = new Rest(server, "ag_unknown");
        (await stranger.PostAsync("/agents/bootstrap", new { name = "Third", agent_type = "tool" })).Is(HttpStatusCode.Unauthorized);
    }

    private static string Invitation(TestServer server) =>
        server.Services.GetRequiredService<Invitations>().Create(email: null, administrator: false).Split("invitation=")[1];

    private static async Task<RestAnswer> AskAsync(TestServer server, string name, string? invitation = null)
    {
        using var rest = new Rest(server);
        return await rest.PostAsync("/agents/quickstart", new { name, agent_type = "tool", invitation });
    }

    private static async Task<RestAnswer> FromAsync(TestServer server, string address)
    {
        using var rest = new Rest(server);
        return await rest.SendAsync(HttpMethod.Post, "/agents/quickstart", new { name = Guid.NewGuid().ToString(), agent_type = "tool" }, ("X-Forwarded-For", address));
    }

    private static async Task<int> CountedAsync(TestServer server, string kind)
    {
        await server.Services.GetRequiredService<Refusals>().FlushAsync(default);
        return await server.QueryAsync(context => context.RefusalCounts.Where(row => row.Kind == kind).SumAsync(row => row.Count));
    }
}
