using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Consents;

/// <summary>What an agent may file, and who may read and file it.</summary>
public sealed class ConsentFilingTests(AgentSide side) : IClassFixture<AgentSide>
{
    [Theory]
    [InlineData("clientId", "\"agc_unknown\"", "clientId")]
    [InlineData("clientId", "\"web\"", "redirectUri")]
    [InlineData("clientId", null, "clientId")]
    [InlineData("redirectUri", "\"https://elsewhere.example/callback\"", "redirectUri")]
    [InlineData("redirectUri", null, "redirectUri")]
    [InlineData("requestedScopes", "[]", "requestedScopes")]
    [InlineData("requestedScopes", "[\"payments:charge\"]", "requestedScopes")]
    [InlineData("requestedScopes", "[\"email:read email:send\"]", "requestedScopes")]
    [InlineData("requestedScopes", "\"email:read\"", "requestedScopes")]
    [InlineData("requiredScopes", "[\"email:manage\"]", "requiredScopes")]
    [InlineData("requiredScopes", "[\"email:*\"]", "requiredScopes")]
    [InlineData("requiredScopes", "[null]", "requiredScopes")]
    [InlineData("resources", "[\"https://nowhere.example\"]", "resources")]
    [InlineData("userId", "\"somebody\"", "userId")]
    [InlineData("codeChallenge", "\"short\"", "codeChallenge")]
    [InlineData("colour", "\"red\"", "colour")]
    public async Task A_request_that_cannot_be_taken_names_the_field(string member, string? value, string field)
    {
        var node = value is null ? null : JsonNode.Parse(value);
        var problem = await side.AskAsync("/api/v1/consent/initiate", side.Request(null, (member, node)), HttpStatusCode.BadRequest);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task More_resources_than_a_request_can_hold_are_refused_by_name()
    {
        static JsonArray Resources(int count) => [.. Enumerable.Range(0, count).Select(i => JsonValue.Create($"https://nowhere.example/{i}"))];
        var problem = await side.AskAsync("/api/v1/consent/initiate", side.Request(null, ("resources", Resources(21))), HttpStatusCode.BadRequest);
        Assert.Contains("at most 20", Assert.Single(Texts(problem.GetProperty("errors"), "resources")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_that_is_named_many_times_counts_once_and_its_link_works()
    {
        var clientId = Text(await side.Organization.RegisterAsync(), "clientId");
        await side.Server.QueryAsync(async context =>
        {
            var row = context.Applications.Single(application => application.ClientId == clientId);
            row.Permissions = row.Permissions!.Replace("[", $"[\"rsrc:{Flows.Other}\",", StringComparison.Ordinal);
            return await context.SaveChangesAsync();
        });
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(
            userId, ("clientId", clientId), ("resources", new JsonArray([.. Enumerable.Repeat(Flows.Other, 99).Select(uri => JsonValue.Create(uri))])));
        Assert.Contains("code", await AllowAsync(browser, filed));
    }

    [Fact]
    public async Task Whoever_files_with_a_secret_must_have_the_right_one()
    {
        var problem = await side.AskAsync("/api/v1/consent/initiate", side.Request(null, ("clientSecret", "ags_wrong")), HttpStatusCode.Unauthorized);
        Assert.Equal("invalid_client", Text(problem, "code"));
    }

    [Fact]
    public async Task What_is_filed_takes_nothing_from_the_people_at_the_same_address()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:OpenRequests", "3"));
        var agent = await (await OrganizationSide.CreateAsync(server)).RegisterAsync();
        using var http = server.CreateClient();
        for (var i = 0; i < 5; i++)
        {
            var body = new JsonObject { ["clientId"] = Text(agent, "clientId"), ["requestedScopes"] = new JsonArray("email:read"), ["redirectUri"] = Redirect };
            await ReadAsync(await http.PostAsync("/api/v1/consent/initiate", new StringContent(body.ToJsonString(), null, "application/json")), HttpStatusCode.Created);
        }

        using var browser = new TestBrowser(server);
        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect);
    }

    [Fact]
    public async Task Whoever_knows_its_id_can_read_what_is_asked_in_either_spelling()
    {
        var filed = await side.AskAsync(
            "/api/v1/consent/initiate",
            new JsonObject { ["client_id"] = side.ClientId, ["requested_scopes"] = new JsonArray("email:send"), ["redirect_uri"] = Redirect },
            HttpStatusCode.Created);
        using var http = side.Server.CreateClient();
        var read = await ReadAsync(await http.GetAsync($"/api/v1/consent/{Text(filed, "consentId")}"), HttpStatusCode.OK);
        Assert.Equal(side.AgentId, Text(read.GetProperty("agent"), "id"));
        Assert.Equal("high", Text(Assert.Single(read.GetProperty("scopes").EnumerateArray()), "riskLevel"));
        await ReadAsync(await http.GetAsync("/api/v1/consent/con_unknown"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Strangers_can_file_only_so_many_and_who_proves_to_be_the_agent_is_not_held_up()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "3"));
        var organization = await OrganizationSide.CreateAsync(server);
        var agent = await organization.RegisterAsync();
        JsonObject Request(string? secret)
        {
            var body = new JsonObject { ["clientId"] = Text(agent, "clientId"), ["requestedScopes"] = new JsonArray("email:read"), ["redirectUri"] = Redirect };
            if (secret is not null)
            {
                body["clientSecret"] = secret;
            }

            return body;
        }

        using var http = server.CreateClient();
        async Task<HttpResponseMessage> FileAsync(string? secret = null) =>
            await http.PostAsync("/api/v1/consent/initiate", new StringContent(Request(secret).ToJsonString(), null, "application/json"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await FileAsync()).StatusCode);
        }

        using var refused = await FileAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.Created, (await FileAsync(Text(agent, "clientSecret"))).StatusCode);
    }
}
