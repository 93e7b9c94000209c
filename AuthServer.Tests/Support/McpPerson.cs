using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Support;

/// <summary>A person who connects an MCP client that nobody entered: registration, sign-in, consent and tokens.</summary>
public sealed class McpPerson(TestServer server)
{
    private const string Callback = "https://host.example/callback";

    public async Task<string> RegisterAsync()
    {
        using var http = server.CreateClient();
        using var response = await http.PostAsync("/connect/register", JsonContent.Create(new
        {
            client_name = "A host",
            redirect_uris = new[] { Callback },
            token_endpoint_auth_method = "none",
            grant_types = new[] { "authorization_code", "refresh_token" },
        }));
        return (await TestServer.JsonAsync(response)).GetProperty("client_id").GetString()!;
    }

    /// <param name="scope">Null: none is asked for.</param>
    /// <param name="resource">Null: none is named.</param>
    public async Task<JsonElement> TokensAsync(string? scope, string? resource)
    {
        var clientId = await RegisterAsync();
        using var browser = new TestBrowser(server);
        var answer = await Flows.AuthorizeAsync(browser, clientId, Callback, ("scope", scope), ("resource", resource));
        Assert.True(answer.ContainsKey("code"), string.Join(' ', answer));
        using var response = await Flows.TokenAsync(
            server, clientId, null, ("grant_type", "authorization_code"), ("code", answer["code"]), ("redirect_uri", Callback), ("code_verifier", Flows.Verifier), ("resource", resource));
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }

    public async Task<string> TokenAsync(string? scope, string path = "/mcp") =>
        (await TokensAsync(scope, server.Issuer + path)).GetProperty("access_token").GetString()!;

    /// <summary>Makes them a member of this organization and of no other.</summary>
    public Task JoinAsync(OrganizationSide organization, Role role) => server.QueryAsync(async context =>
    {
        var user = await context.Users.SingleAsync(user => user.Email == Flows.Email);
        context.Members.RemoveRange(await context.Members.Where(member => member.UserId == user.Id).ToListAsync());
        await context.SaveChangesAsync();
        context.Members.Add(new Member { OrganizationId = organization.Id, UserId = user.Id, Role = role, JoinedAt = server.Clock.Now });
        return await context.SaveChangesAsync();
    });
}
