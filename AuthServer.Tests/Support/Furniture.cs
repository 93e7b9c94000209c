using System.Net;
using System.Text.Json;
using AuthServer.Tests.Vault.Providers;

namespace AuthServer.Tests.Support;

/// <summary>An organization that has one or two of each thing, all with hard names: as long as they may be, from right to left, with emoji and markup.</summary>
public static class Furniture
{
    private const string Hard = "<b>&amp; مفكرة הגדולה 🗓👩 Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

    /// <summary>A text of so many UTF-16 units. Its second half has no place to break.</summary>
    public static string Text(int length) => (Hard[..Math.Min(Hard.Length, length)] + new string('W', Math.Max(0, length - Hard.Length)))[..length];

    /// <returns>The e-mail address of its owner, whose password is <see cref="Rest.Password"/>.</returns>
    public static async Task<string> FurnishAsync(Rest nobody, string email)
    {
        var registered = (await nobody.PostAsync("/developers/register", new { name = Text(200), email, password = Rest.Password })).Is(HttpStatusCode.Created).Json;
        using var key = nobody.As(Id(registered, "apiKey"));
        var (organization, person) = (Id(registered.GetProperty("organization")), Id(registered.GetProperty("developer")));
        await MakeAsync(key, $"/organizations/{organization}/invitations", new { email = new string('i', 60) + "@" + new string('d', 60) + ".example", role = "developer" });
        await MakeAsync(key, "/scopes", new { name = "robots:" + new string('m', 60), title = Text(100), description = Text(300), category = "robots", riskLevel = "critical" });
        await MakeAsync(key, "/resources", new { url = $"https://{Guid.NewGuid():N}.example/" + new string('r', 100), displayName = Text(100), scopes = new[] { "robots:" + new string('m', 60) } });
        await MakeAsync(key, "/policies", new { name = Text(200), description = Text(300), rules = new[] { new { type = "action_blocklist", config = new { actions = new[] { "payments:" + new string('c', 150) } } } } });
        await MakeAsync(key, "/applications", new { kind = "web", name = Text(200), redirectUris = new[] { "https://files.example/" + new string('c', 200) } });
        await MakeAsync(key, "/webhooks", new { url = "https://hooks.example/" + new string('h', 300), events = new[] { "agent.created" }, description = Text(200) });
        (await key.PostAsync("/providers", OwnProvider.With("name", JsonSerializer.Serialize(Text(60))))).Is(HttpStatusCode.Created);
        var agents = new List<string>();
        foreach (var name in new[] { Text(255), Text(254) })
        {
            agents.Add(Id(await MakeAsync(key, "/agents", new { name, description = Text(300), homepageUrl = "https://agents.example/" + new string('a', 200), allowedScopes = new[] { "email:read" } })));
            await MakeAsync(key, "/credentials", new { agent_id = agents[^1] });
        }

        await MakeAsync(key, "/delegations", new { delegatorAgentId = agents[0], delegateAgentId = agents[1], scopes = new[] { "email:read" } });
        var connection = await MakeAsync(key, "/connections", new { provider = "slack", name = Text(200), auth_type = "oauth2", credentials = new { client_id = new string('k', 200), client_secret = "a client secret of sixteen" } });
        foreach (var (identifier, type) in new[] { (person, "user_id"), (Text(200), "external") })
        {
            await MakeAsync(key, "/connected-accounts", new { connection_id = Id(connection), identifier, identifier_type = type });
        }

        using var root = nobody.Server.CreateClient();
        root.DefaultRequestHeaders.Add("X-Api-Key", Id(registered, "apiKey"));
        (await RestAnswer.ReadAsync(await root.PostAsync("/certificates", System.Net.Http.Json.JsonContent.Create(new { name = Text(100) })))).Is(HttpStatusCode.Created);
        return email;
    }

    private static async Task<JsonElement> MakeAsync(Rest key, string path, object body) => (await key.PostAsync(path, body)).Is(HttpStatusCode.Created).Json;

    private static string Id(JsonElement json, string name = "id") => json.GetProperty(name).GetString()!;
}
