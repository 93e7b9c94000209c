using System.Net;
using System.Text.Json;
using AuthServer.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Support;

/// <summary>A server that may send to one receiver, and an organization.</summary>
public sealed class WebhookSide : IAsyncLifetime
{
    public const string Route = "/api/v1/webhooks";

    public TestServer Server { get; private set; } = null!;

    public Receiver Receiver { get; private set; } = null!;

    public OrganizationSide Acme { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Receiver = await Receiver.StartAsync();
        Server = await TestServer.StartAsync(("AuthServer:Webhooks:AllowedPrivateHosts:0", Receiver.Name));
        Acme = await OrganizationSide.CreateAsync(Server);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    /// <summary>A new webhook; the clock goes on, so that what follows is newer.</summary>
    public async Task<JsonElement> CreateAsync(string url, string[] events, OrganizationSide? organization = null)
    {
        var made = await (organization ?? Acme).AskAsync(HttpMethod.Post, Route, new { url, events }, HttpStatusCode.Created);
        Server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        return made;
    }

    /// <summary>A webhook of the receiver's own path.</summary>
    public Task<JsonElement> HookAsync(params string[] events) => CreateAsync(Receiver.Url(), events);

    /// <summary>Everything that is due has been sent.</summary>
    public Task FinishAsync() => Server.Services.GetRequiredService<WebhookWork>().FinishAsync(CancellationToken.None);

    /// <summary>The same, some time later.</summary>
    public Task FinishAsync(TimeSpan later)
    {
        Server.Clock.Advance(later);
        return FinishAsync();
    }

    /// <summary>A webhook's log, newest first.</summary>
    public async Task<JsonElement[]> LogAsync(string id) => [.. (await Acme.GetAsync($"{Route}/{id}/logs")).GetProperty("data").EnumerateArray()];

    public static string IdOf(JsonElement webhook) => AgentSide.Text(webhook, "id");
}
