using System.Net;
using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>One server where agents register themselves.</summary>
public sealed class UnclaimedSide : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await Flows.StartAsync(("AuthServer:RateLimits:PerKey", "100000"));

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public Rest As(string? credential) => new(Server, credential);

    /// <summary>A new agent, as the answer to its quickstart shows it.</summary>
    public Task<JsonElement> StartAsync(string? name = null) => StartAsync(Server, name);

    public static async Task<JsonElement> StartAsync(TestServer server, string? name = null)
    {
        using var rest = new Rest(server);
        return (await rest.PostAsync("/agents/quickstart", new { name = name ?? $"agent {Guid.NewGuid():N}", agent_type = "autonomous", description = "Processes nightly ETL jobs" }))
            .Is(HttpStatusCode.Created).Json;
    }

    /// <summary>An answer of the agents' own token endpoint.</summary>
    public async Task<RestAnswer> AuthAsync(object body)
    {
        using var rest = As(null);
        return await rest.PostAsync("/auth/token", body);
    }
}
