using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Agents.AgentInstallation;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary>Agents are listed and read by their own organization, and by nobody else.</summary>
public sealed class ReadingTests(AgentInstallation installation) : IClassFixture<AgentInstallation>
{
    private readonly TestServer _server = installation.Server;

    [Fact]
    public async Task A_list_has_the_newest_first_and_can_be_read_in_parts()
    {
        var side = await OrganizationSide.CreateAsync(_server);
        var names = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            _server.Clock.Advance(TimeSpan.FromMilliseconds(1));
            names.Insert(0, $"Agent {i}");
            await side.RegisterAsync(OrganizationSide.Agent(("name", names[0])));
        }

        var all = await side.GetAsync("/api/v1/agents");
        Assert.Equal(names, Names(all));
        Assert.Equal(5, all.GetProperty("meta").GetProperty("total").GetInt32());
        Assert.DoesNotContain("clientSecret", all.GetRawText(), StringComparison.Ordinal);

        var part = await side.GetAsync("/api/v1/agents?limit=2&offset=3");
        Assert.Equal(names[3..], Names(part));
        Assert.Equal(5, part.GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Status_type_and_a_part_of_the_name_narrow_the_list()
    {
        var side = await OrganizationSide.CreateAsync(_server);
        await side.RegisterAsync(OrganizationSide.Agent(("name", "Mail reader"), ("type", "tool")));
        var writer = await side.RegisterAsync(OrganizationSide.Agent(("name", "Mail writer")));
        _server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await side.RegisterAsync(OrganizationSide.Agent(("name", "100% Kalender_Ä"), ("type", "tool")));
        await side.PostAsync(PathOf(writer, "/suspend"));

        Assert.Equal(["Mail writer"], Names(await side.GetAsync("/api/v1/agents?status=suspended")));
        Assert.Equal(["100% Kalender_Ä", "Mail reader"], Names(await side.GetAsync("/api/v1/agents?type=tool")));
        Assert.Equal(["Mail reader"], Names(await side.GetAsync("/api/v1/agents?type=tool&q=MAIL&status=active")));
        Assert.Equal(["100% Kalender_Ä"], Names(await side.GetAsync("/api/v1/agents?q=" + Uri.EscapeDataString("0% k"))));
        Assert.Empty(Names(await side.GetAsync("/api/v1/agents?q=" + Uri.EscapeDataString("%reader"))));
    }

    [Theory]
    [InlineData("status=asleep", "status")]
    [InlineData("status=1", "status")]
    [InlineData("status=active,suspended", "status")]
    [InlineData("type=ASSISTANT", "type")]
    [InlineData("q=%00", "q")]
    [InlineData("limit=0", "limit")]
    public async Task A_filter_that_means_nothing_is_refused(string query, string field)
    {
        var problem = await installation.Acme.AskAsync(HttpMethod.Get, "/api/v1/agents?" + query, null, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Children_are_listed_by_their_parent()
    {
        var parent = await installation.Acme.RegisterAsync();
        var child = await installation.Acme.RegisterAsync(OrganizationSide.Agent(("parentAgentId", Text(parent, "id"))));
        await installation.Acme.RegisterAsync(OrganizationSide.Agent(("parentAgentId", Text(child, "id"))));

        var children = await installation.Acme.GetAsync(PathOf(parent, "/children"));

        Assert.Equal([Text(child, "id")], children.GetProperty("data").EnumerateArray().Select(agent => Text(agent, "id")));
        Assert.Empty((await installation.Acme.GetAsync(PathOf(parent, "/children?offset=1"))).GetProperty("data").EnumerateArray());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/children")]
    [InlineData("GET", "/secrets")]
    [InlineData("PATCH", "")]
    [InlineData("PUT", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/suspend")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/revoke")]
    [InlineData("POST", "/end")]
    [InlineData("POST", "/rotate-secret")]
    [InlineData("PUT", "/jwks")]
    [Trait("negative", "60")]
    public async Task Another_organizations_agent_does_not_exist_and_stays_as_it_is(string method, string more)
    {
        var agent = await installation.Acme.RegisterAsync();
        var stranger = await OrganizationSide.CreateAsync(_server);
        object? body = method is "PATCH" or "PUT" ? more.Length > 0 ? """{"publicKey":"x"}""" : """{"name":"Mine"}""" : null;

        using var foreign = await stranger.SendAsync(new HttpMethod(method), PathOf(agent, more), body);
        using var nobodys = await stranger.SendAsync(new HttpMethod(method), $"/api/v1/agents/agt_00000000000000000000000000{more}", body);

        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Equal(Told(await nobodys.Content.ReadAsStringAsync()), Told(await foreign.Content.ReadAsStringAsync()));
        Assert.Equal(Text(agent, "version"), Text(await installation.Acme.GetAsync(PathOf(agent)), "version"));
        Assert.NotEmpty(await TokenAsync(_server, agent));
        Assert.DoesNotContain(Text(agent, "id"), (await stranger.GetAsync("/api/v1/agents")).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Auditor, "GET", "", 200)]
    [InlineData(Role.Auditor, "GET", "/secrets", 200)]
    [InlineData(Role.Auditor, "PATCH", "", 403)]
    [InlineData(Role.Auditor, "POST", "/suspend", 403)]
    [InlineData(Role.Auditor, "POST", "/end", 403)]
    [InlineData(Role.Auditor, "POST", "/rotate-secret", 403)]
    [InlineData(Role.Auditor, "DELETE", "", 403)]
    [InlineData(Role.Developer, "PATCH", "", 200)]
    [InlineData(Role.Developer, "POST", "/suspend", 200)]
    [InlineData(Role.Developer, "POST", "/rotate-secret", 200)]
    [InlineData(Role.Developer, "POST", "/revoke", 403)]
    [InlineData(Role.Developer, "DELETE", "", 403)]
    [InlineData(Role.Admin, "POST", "/revoke", 200)]
    [InlineData(Role.Admin, "DELETE", "", 204)]
    public async Task Each_role_may_do_its_part(Role role, string method, string more, int status)
    {
        var colleague = await installation.Acme.ColleagueAsync(role);
        var agent = await installation.Acme.RegisterAsync();

        using var response = await colleague.SendAsync(new HttpMethod(method), PathOf(agent, more), method == "PATCH" ? """{"name":"Another"}""" : null);

        Assert.Equal(status, (int)response.StatusCode);
    }

    private static IEnumerable<string> Names(JsonElement list) => list.GetProperty("data").EnumerateArray().Select(agent => Text(agent, "name"));

    /// <summary>A problem without the id of the request.</summary>
    private static string Told(string problem) => problem[..problem.IndexOf("\"traceId\"", StringComparison.Ordinal)];
}
