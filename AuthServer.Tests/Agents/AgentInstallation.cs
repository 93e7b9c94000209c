using System.Text.Json;
using AuthServer.Applications;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary>A server with one organization, for a class of tests; and what agents themselves do.</summary>
public sealed class AgentInstallation : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public OrganizationSide Acme { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await Flows.StartAsync(("AuthServer:RateLimits:PerKey", "100000"));
        await ObserveAsync(Server);
        Acme = await OrganizationSide.CreateAsync(Server);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public static string PathOf(JsonElement agent, string more = "") => $"/api/v1/agents/{Text(agent, "id")}{more}";

    /// <summary>Lets the client <c>api</c> introspect tokens that were made for the server itself, as those of agents are.</summary>
    public static async Task ObserveAsync(TestServer server)
    {
        await server.QueryAsync(async context =>
        {
            var api = await context.Applications.SingleAsync(row => row.ClientId == "api");
            api.Properties = (ApplicationExtras.Read(api.Properties) with { Audiences = [server.Issuer] }).WriteTo(api.Properties);
            api.ConcurrencyToken = Guid.NewGuid().ToString();
            return await context.SaveChangesAsync();
        });
        server.Services.GetRequiredService<ApplicationDirectory>().Forget("api");
    }

    public static async Task<bool> IsActiveAsync(TestServer server, string token)
    {
        using var response = await Flows.PostAsync(server, "/connect/introspect", "api", Flows.Secret, ("token", token));
        return (await OkAsync(response)).GetProperty("active").GetBoolean();
    }

    /// <summary>A client credentials request of the agent.</summary>
    public static Task<HttpResponseMessage> AskTokenAsync(TestServer server, JsonElement agent, string? secret = null) =>
        Flows.TokenAsync(server, Text(agent, "clientId"), secret ?? Text(agent, "clientSecret"), ("grant_type", "client_credentials"));

    public static async Task<string> TokenAsync(TestServer server, JsonElement agent, string? secret = null)
    {
        using var response = await AskTokenAsync(server, agent, secret);
        return Text(await OkAsync(response), "access_token");
    }

    /// <summary>A code that a person let the agent have.</summary>
    public static async Task<string> CodeAsync(TestServer server, JsonElement agent)
    {
        using var browser = new TestBrowser(server);
        return (await Flows.AuthorizeAsync(browser, Text(agent, "clientId"), OrganizationSide.Redirect, ("scope", "openid email:read offline_access")))["code"];
    }

    public static Task<HttpResponseMessage> RedeemAsync(TestServer server, JsonElement agent, string code) =>
        Flows.TokenAsync(server, Text(agent, "clientId"), Text(agent, "clientSecret"),
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", OrganizationSide.Redirect), ("code_verifier", Flows.Verifier));

    public static Task<HttpResponseMessage> RefreshAsync(TestServer server, JsonElement agent, string token, params (string Name, string? Value)[] more) =>
        Flows.TokenAsync(server, Text(agent, "clientId"), Text(agent, "clientSecret"), [("grant_type", "refresh_token"), ("refresh_token", token), .. more]);
}
