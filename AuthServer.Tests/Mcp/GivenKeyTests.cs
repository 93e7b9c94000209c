using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Mcp;

/// <summary>Keys that a client makes for the person who let it: they hang on that consent.</summary>
public sealed class GivenKeyTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task A_key_that_a_members_client_made_ends_with_the_consent_and_so_do_those_that_were_made_with_it()
    {
        var (person, agent) = (new McpPerson(side.Server), await side.AgentAsync());
        await person.JoinAsync(side.Organization, Role.Admin);
        var token = await person.TokenAsync("credentials.write agents.read");
        var made = await (new McpCalls(side.Server) with { Bearer = token }).ResultAsync("create_credential", new { agent_id = agent.Id });
        var key = Text(made, "raw_key");
        using var rest = side.As(key);
        var second = Text((await rest.PostAsync("/credentials", new { scopes = new[] { "agents.read" } })).Is(HttpStatusCode.Created).Json, "raw_key");
        var tokens = (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = second })).Is(HttpStatusCode.OK).Json;
        Assert.True(await side.IsActiveAsync(agent, Text(tokens, "access_token")));

        await WithdrawAsync(Text(ChainSide.Claims(token), "authorization_id"));

        foreach (var dead in new[] { key, second })
        {
            (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = dead })).Is(HttpStatusCode.Unauthorized);
        }

        Assert.False(await side.IsActiveAsync(agent, Text(tokens, "access_token")));
        (await side.AuthAsync(new { grant_type = "refresh_token", refresh_token = Text(tokens, "refresh_token") })).Is(HttpStatusCode.BadRequest);
        await agent.TokenAsync();
    }

    [Fact]
    public async Task A_key_that_its_organization_rotated_itself_no_longer_hangs_on_the_consent()
    {
        var (person, agent) = (new McpPerson(side.Server), await side.AgentAsync());
        await person.JoinAsync(side.Organization, Role.Admin);
        var token = await person.TokenAsync("credentials.write");
        var made = await (new McpCalls(side.Server) with { Bearer = token }).ResultAsync("create_credential", new { agent_id = agent.Id });
        var rotated = Text(await side.Organization.PostAsync($"/api/v1/credentials/{Text(made, "id")}/rotate"), "raw_key");

        await WithdrawAsync(Text(ChainSide.Claims(token), "authorization_id"));

        (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = rotated })).Is(HttpStatusCode.OK);
    }

    /// <summary>As the person does on their dashboard.</summary>
    private Task<bool> WithdrawAsync(string authorizationId) => side.Server.Services.GetRequiredService<ITokenFamilies>().EndAuthorizationsAsync(
        [
            new AuditEvent
            {
                Id = Identifiers.New("aud_", side.Server.Clock.Now), At = side.Server.Clock.Now, Type = AuditEventTypes.ConsentRevoked, Outcome = AuditOutcomes.Success, Target = authorizationId,
            },
        ],
        CancellationToken.None);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
