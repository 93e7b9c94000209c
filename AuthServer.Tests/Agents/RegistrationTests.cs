using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary><c>POST /api/v1/agents</c>: what a developer gets, and what is refused.</summary>
public sealed class RegistrationTests(RegistrationTests.Installation installation) : IClassFixture<RegistrationTests.Installation>
{
    private readonly TestServer _server = installation.Server;
    private readonly OrganizationSide _acme = installation.Acme;

    [Fact]
    public async Task An_agent_gets_an_id_a_client_id_and_a_secret_that_is_shown_once()
    {
        using var response = await _acme.SendAsync(HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent(("name", "Smart Mail")));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var agent = await TestServer.JsonAsync(response);
        var id = Text(agent, "id");

        Assert.StartsWith("agt_", id, StringComparison.Ordinal);
        Assert.StartsWith("agc_", Text(agent, "clientId"), StringComparison.Ordinal);
        Assert.StartsWith("ags_", Text(agent, "clientSecret"), StringComparison.Ordinal);
        Assert.Equal($"/api/v1/agents/{id}", response.Headers.Location?.ToString());
        Assert.Equal($"\"{Text(agent, "version")}\"", response.Headers.ETag?.Tag);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("Smart Mail", Text(agent, "name"));
        Assert.Equal("AI email assistant", Text(agent, "description"));
        Assert.Equal("[\"https://yourapp.example/callback\"]", agent.GetProperty("redirectUris").GetRawText());
        Assert.Equal("[\"email:read\",\"email:send\"]", agent.GetProperty("allowedScopes").GetRawText());
        Assert.Equal(("assistant", "assistant", "root", "active"), (Text(agent, "type"), Text(agent, "agentType"), Text(agent, "trustLevel"), Text(agent, "status")));
        Assert.Equal((_acme.UserId, _acme.Id, "{}"), (Text(agent, "ownerId"), Text(agent, "organizationId"), agent.GetProperty("metadata").GetRawText()));
        Assert.False(agent.TryGetProperty("parentAgentId", out _));
        Assert.False(agent.TryGetProperty("deactivatedAt", out _));

        var read = await _acme.GetAsync($"/api/v1/agents/{id}");
        Assert.False(read.TryGetProperty("clientSecret", out _));
        Assert.Equal(Text(agent, "version"), Text(read, "version"));
    }

    [Fact]
    public async Task The_secret_gets_tokens_that_name_the_agent_and_its_organization()
    {
        var agent = await _acme.RegisterAsync(OrganizationSide.Agent(("type", "orchestrator")));

        using var response = await Flows.TokenAsync(_server, Text(agent, "clientId"), Text(agent, "clientSecret"), ("grant_type", "client_credentials"));
        var tokens = await OkAsync(response);

        Assert.Equal("email:read email:send", Text(tokens, "scope"));
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
        var claims = Flows.Claims(Text(tokens, "access_token"));
        Assert.Equal((Text(agent, "id"), Text(agent, "clientId"), "orchestrator", "root", _acme.Id),
            (Text(claims, "sub"), Text(claims, "client_id"), Text(claims, "agent_type"), Text(claims, "trust_level"), Text(claims, "org_id")));
        Assert.False(claims.TryGetProperty("act", out _));
    }

    [Fact]
    public async Task Everything_that_can_be_said_of_an_agent_is_kept()
    {
        var parent = await _acme.RegisterAsync();
        var colleague = await _acme.ColleagueAsync(Role.Developer);

        var agent = await _acme.RegisterAsync(OrganizationSide.Agent(
            ("agentType", "tool"), ("trustLevel", "ephemeral"), ("homepageUrl", "https://yourapp.example/about"), ("parentAgentId", Uuid(Text(parent, "id"))),
            ("metadata", JsonNode.Parse("""{"team":"Müller & Söhne","tiers":[1,2,{"deep":null}]}""")), ("ownerId", colleague.UserId),
            ("name", "👩‍🚀 Space mail"), ("description", "First line\nSecond line"), ("allowedScopes", new JsonArray("files.*", "email:*", "files.*"))));

        var read = await _acme.GetAsync($"/api/v1/agents/{Uuid(Text(agent, "id"))}");
        Assert.Equal(("tool", "ephemeral", "https://yourapp.example/about"), (Text(read, "type"), Text(read, "trustLevel"), Text(read, "homepageUrl")));
        Assert.Equal((Text(parent, "id"), colleague.UserId), (Text(read, "parentAgentId"), Text(read, "ownerId")));
        Assert.Equal(("👩‍🚀 Space mail", "First line\nSecond line"), (Text(read, "name"), Text(read, "description")));
        Assert.Equal("Müller & Söhne", Text(read.GetProperty("metadata"), "team"));
        Assert.Equal(JsonValueKind.Null, read.GetProperty("metadata").GetProperty("tiers")[2].GetProperty("deep").ValueKind);
        Assert.Equal("[\"files.*\",\"email:*\"]", read.GetProperty("allowedScopes").GetRawText());
    }

    [Fact]
    public async Task Snake_case_is_understood_too_and_an_agent_with_a_parent_is_delegated()
    {
        var parent = await _acme.RegisterAsync();

        var agent = await _acme.RegisterAsync($$"""
            {"name":"Child","agent_type":"autonomous","redirect_uris":["http://127.0.0.1:8400/callback"],"allowed_scopes":["email:read"],"parent_agent_id":"{{Text(parent, "id")}}"}
            """);

        Assert.Equal(("autonomous", "delegated", Text(parent, "id")), (Text(agent, "type"), Text(agent, "trustLevel"), Text(agent, "parentAgentId")));
    }

    [Fact]
    public async Task Application_secret_origins_and_event_are_written_together()
    {
        var agent = await _acme.RegisterAsync();
        var clientId = Text(agent, "clientId");

        var (row, origins, secrets) = await _server.QueryAsync(async context =>
        {
            var row = await context.Applications.AsNoTracking().SingleAsync(application => application.ClientId == clientId);
            return (row,
                await context.ClientOrigins.Where(origin => origin.ApplicationId == row.Id).Select(origin => origin.Origin).ToListAsync(),
                await context.ClientSecrets.AsNoTracking().Where(secret => secret.ApplicationId == row.Id).ToListAsync());
        });
        Assert.Equal(("confidential", "explicit", "web", Text(agent, "name")), (row.ClientType, row.ConsentType, row.ApplicationType, row.DisplayName));
        Assert.Equal(
            ["email:read", "email:send", "gt:agent_delegation", "gt:authorization_code", "gt:client_credentials", "gt:refresh_token", "gt:urn:ietf:params:oauth:grant-type:jwt-bearer", "gt:urn:ietf:params:oauth:grant-type:token-exchange"],
            ApplicationMapping.Strings(row.Permissions).Where(p => !p.StartsWith("ept:", StringComparison.Ordinal) && p != "rst:code").Select(p => p.Replace("scp:", "", StringComparison.Ordinal)).Order());
        Assert.Equal(["ft:pkce"], ApplicationMapping.Strings(row.Requirements));
        Assert.Equal([(TimeSpan?)TimeSpan.Zero, TimeSpan.FromDays(30)], [ApplicationExtras.Read(row.Properties).RefreshIdle, ApplicationExtras.Read(row.Properties).RefreshAbsolute]);
        Assert.Equal(["https://yourapp.example"], origins);
        Assert.StartsWith(Assert.Single(secrets).Hint, Text(agent, "clientSecret"), StringComparison.Ordinal);
        Assert.True(ClientSecretHash.Verify(row.ClientSecret!, Text(agent, "clientSecret")));
        var registered = Assert.Single(await _server.TrailAsync(AgentEvents.Registered), entry => entry.Target == Text(agent, "id"));
        Assert.Equal((_acme.UserId, clientId, "success"), (registered.Subject, registered.ClientId, registered.Outcome));
        Assert.StartsWith("{\"key\":\"key_", registered.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_is_named_with_its_field_and_nothing_is_stored()
    {
        var before = await CountAsync();

        var problem = await _acme.AskAsync(HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent(
            ("name", "  "), ("description", "a\u0007b"), ("homepageUrl", "http://yourapp.example"), ("type", "tool"), ("agentType", "assistant"), ("trustLevel", "delegated"),
            ("redirectUris", new JsonArray("https://good.example/cb", "javascript:alert(1)", "com.example.app:/cb", null)),
            ("allowedScopes", new JsonArray("email:read", "two scopes", "organization", "cr*m")), ("metadata", new JsonArray()), ("ownerId", "usr_nobody"),
            ("jwks", new JsonObject())), HttpStatusCode.BadRequest);

        Assert.Equal("invalid_request", Text(problem, "code"));
        Assert.Equal(
            ["agentType", "allowedScopes[1]", "allowedScopes[2]", "allowedScopes[3]", "description", "homepageUrl", "jwks", "metadata", "name", "ownerId", "parentAgentId",
                "redirectUris[1]", "redirectUris[2]", "redirectUris[3]"],
            problem.GetProperty("errors").EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(before, await CountAsync());
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":"Acme\u202Emoc.elgoog"}""", "name")]
    [InlineData("""{"name":"two\nlines"}""", "name")]
    [InlineData("""{"name":"\u3164\u200D"}""", "name")]
    [InlineData("""{"name":"nul\u0000"}""", "name")]
    [InlineData("""{"name":" padded "}""", "name")]
    [InlineData("""{"name":"lone \ud800 half"}""", "name")]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"name":"x","type":"robot"}""", "type")]
    [InlineData("""{"name":"x","type":3}""", "type")]
    [InlineData("""{"name":"x","type":"3"}""", "type")]
    [InlineData("""{"name":"x","type":"assistant,tool"}""", "type")]
    [InlineData("""{"name":"x","trustLevel":"supreme"}""", "trustLevel")]
    [InlineData("""{"name":"x","metadata":{"text":"lone \ud800 half"}}""", "metadata")]
    [InlineData("""{"name":"x","metadata":"text"}""", "metadata")]
    [InlineData("""{"name":"x","homepageUrl":"javascript:alert(1)"}""", "homepageUrl")]
    [InlineData("""{"name":"x","homepageUrl":"https://user@yourapp.example/"}""", "homepageUrl")]
    [InlineData("""{"name":"x","redirectUris":"https://yourapp.example/cb"}""", "redirectUris")]
    [InlineData("""{"name":"x","redirectUris":["http://yourapp.example/cb"]}""", "redirectUris[0]")]
    [InlineData("""{"name":"x","redirectUris":["https://yourapp.example/cb#fragment"]}""", "redirectUris[0]")]
    [InlineData("""{"name":"x","allowedScopes":[""]}""", "allowedScopes[0]")]
    [InlineData("""{"name":"x","allowedScopes":["account"]}""", "allowedScopes[0]")]
    [InlineData("""{"name":"x","allowedScopes":["*"]}""", "allowedScopes[0]")]
    [InlineData("""{"name":"x","allowedScopes":["email:reed"]}""", "allowedScopes[0]")]
    [InlineData("""{"name":"x","allowedScopes":["emails:*"]}""", "allowedScopes[0]")]
    [InlineData("""{"name":"x","allowedScopes":["email:re*"]}""", "allowedScopes[0]")]
    [InlineData("""{"name":"x","allowedScopes":["email:read email:send"]}""", "allowedScopes[0]")]
    [InlineData("""{"name":"x","parentAgentId":"agt_00000000000000000000000000"}""", "parentAgentId")]
    [InlineData("""{"name":"x","parentAgentId":"no id"}""", "parentAgentId")]
    [InlineData("""{"name":"x","publicKey":"no PEM"}""", "publicKey")]
    [InlineData("""{"name":"x","jwks":{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}}""", "jwks")]
    public async Task A_registration_that_cannot_be_taken_names_the_field(string body, string field)
    {
        var problem = await _acme.AskAsync(HttpMethod.Post, "/api/v1/agents", body, HttpStatusCode.BadRequest);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData("organizationId")]
    [InlineData("status")]
    [InlineData("id")]
    [InlineData("clientId")]
    [InlineData("clientSecret")]
    [InlineData("disabled")]
    [Trait("negative", "61")]
    public async Task What_is_not_for_the_caller_to_say_is_refused(string member)
    {
        var problem = await _acme.AskAsync(HttpMethod.Post, "/api/v1/agents", $$"""{"name":"x","{{member}}":"acct_other"}""", HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty(member, out _), problem.GetRawText());
    }

    [Theory]
    [InlineData(4096, HttpStatusCode.Created)]
    [InlineData(4097, HttpStatusCode.BadRequest)]
    public async Task Metadata_has_room_for_4096_bytes(int bytes, HttpStatusCode status)
    {
        var metadata = $$"""{"a":"{{new string('x', bytes - 8)}}"}""";
        await _acme.AskAsync(HttpMethod.Post, "/api/v1/agents", $$"""{"name":"x","metadata":{{metadata}}}""", status);
    }

    [Fact]
    public async Task A_host_name_that_no_column_holds_is_refused_before_it_is_stored()
    {
        var host = string.Join('.', Enumerable.Repeat(new string('a', 60), 8));
        var problem = await _acme.AskAsync(
            HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent(("redirectUris", new JsonArray($"https://{host}.example/cb"))), HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("redirectUris[0]", out _));
    }

    [Fact]
    [Trait("negative", "60")]
    public async Task Somebody_elses_agent_or_colleague_is_answered_like_nobody()
    {
        var stranger = await OrganizationSide.CreateAsync(_server);
        var foreign = await stranger.RegisterAsync();

        var asked = await _acme.AskAsync(
            HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent(("parentAgentId", Text(foreign, "id")), ("ownerId", stranger.UserId)), HttpStatusCode.BadRequest);
        var nobody = await _acme.AskAsync(
            HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent(("parentAgentId", "agt_00000000000000000000000000"), ("ownerId", "usr_00000000000000000000000000")),
            HttpStatusCode.BadRequest);

        Assert.Equal(nobody.GetProperty("errors").GetRawText(), asked.GetProperty("errors").GetRawText());
    }

    [Fact]
    public async Task An_auditor_registers_nothing_and_a_stranger_even_less()
    {
        var auditor = await _acme.ColleagueAsync(Role.Auditor);
        using var forbidden = await auditor.SendAsync(HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent());
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        using var http = _server.CreateClient();
        using var unknown = await http.PostAsync("/api/v1/agents", new StringContent("no JSON at all", null, "application/json"));
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.NotEmpty(unknown.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task No_secret_is_logged()
    {
        var agent = await _acme.RegisterAsync();
        Assert.DoesNotContain(_server.Logs.All, line => line.Contains(Text(agent, "clientSecret"), StringComparison.Ordinal) || line.Contains(_acme.Key, StringComparison.Ordinal));
    }

    private Task<int> CountAsync() => _server.QueryAsync(async context =>
        await context.Agents.CountAsync() + await context.Applications.CountAsync() + await context.ClientSecrets.CountAsync() + await context.AuditEvents.CountAsync());

    private static string Uuid(string id) => AuthServer.Protocol.Identifiers.ToUuid("agt_", id)!.Value.ToString();

    public sealed class Installation : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public OrganizationSide Acme { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await TestServer.StartAsync();
            Acme = await OrganizationSide.CreateAsync(Server);
        }

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
