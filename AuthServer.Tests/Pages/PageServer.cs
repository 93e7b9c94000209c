using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>One server for all tests of a class that leave nothing behind which another would trip over.</summary>
public sealed class PageServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await Flows.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
