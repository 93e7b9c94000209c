using System.Net;
using AuthServer.Outbound;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Specs;

/// <summary>A client id is an address that anybody can name, and whoever owns it decides what is there: whatever that is, it costs the deadline at most, and
/// one line of the log.</summary>
[Trait("negative", "50")]
[Trait("negative", "51")]
public sealed class HostileMetadataDocumentTests : IAsyncLifetime
{
    private const int TenMegabytes = 10 << 20;

    private readonly Names _names = new();
    private DocumentHost _host = null!;
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _host = await DocumentHost.StartAsync();
        _server = await TestServer.StartAsync(
            services => services.AddSingleton<IHostNames>(_names), [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), ("AuthServer:Outbound:AllowedPrivateHosts:0", _host.Name)]);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_redirect()
    {
        _host.Serve("/inside.json", "{}");
        _host.Serve("/redirect.json", http =>
        {
            http.Response.Redirect("/inside.json");
            return Task.CompletedTask;
        });

        await CostsOneLineAsync(_host.At("/redirect.json"), "status_302");

        Assert.Equal(0, _host.Asked("/inside.json"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ten_megabytes(bool announced)
    {
        var cut = new TaskCompletionSource();
        _host.Serve("/large.json", async http =>
        {
            using var cutOff = http.RequestAborted.Register(cut.SetResult);
            http.Response.ContentLength = announced ? TenMegabytes : null;
            var part = new byte[64 * 1024];
            for (var sent = 0; sent < TenMegabytes; sent += part.Length)
            {
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
            }

            await cut.Task;
        });

        await CostsOneLineAsync(_host.At("/large.json"), "too_large");

        await cut.Task;
    }

    [Theory]
    [InlineData("https://169.254.169.254/latest/meta-data", "169.254.169.254:443")]
    [InlineData("https://[::ffff:10.0.0.1]/client.json", "::ffff:10.0.0.1:443")]
    [InlineData("https://inside.example/client.json", "inside.example:443")]
    public async Task A_private_address(string address, string name)
    {
        _names.Answers = _ => [IPAddress.Parse("10.0.0.1")];

        await CostsOneLineAsync(new Uri(address), "private_address", name);
    }

    [Fact]
    public async Task A_slow_drip()
    {
        var (begun, cut) = (new TaskCompletionSource(), new TaskCompletionSource());
        _host.Serve("/drip.json", async http =>
        {
            using var cutOff = http.RequestAborted.Register(cut.SetResult);
            await http.Response.Body.WriteAsync("{"u8.ToArray());
            await http.Response.Body.FlushAsync();
            begun.SetResult();
            await cut.Task;
        });

        await CostsOneLineAsync(_host.At("/drip.json"), "timeout", during: async () =>
        {
            await begun.Task;
            _server.Clock.Advance(OutboundClient.Deadline);
        });

        await cut.Task;
    }

    [Fact]
    public async Task A_name_that_changes_where_it_leads()
    {
        // Each attempt resolves it once, and believes what it was told then.
        _names.Answers = count => count == 1 ? [] : [IPAddress.Parse("169.254.169.254")];
        var address = new Uri("https://moves.example/client.json");

        await CostsOneLineAsync(address, "dns");
        Assert.Equal(1, _names.Asked);
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await CostsOneLineAsync(address, "private_address");
        Assert.Equal(2, _names.Asked);
    }

    /// <param name="during">Lets the time pass that it takes; null: none passes.</param>
    private async Task CostsOneLineAsync(Uri address, string failure, string? name = null, Func<Task>? during = null)
    {
        var before = _server.Logs.All.Count();
        var start = _server.Clock.Now;
        using var browser = new TestBrowser(_server);
        var asking = browser.GoAsync(Flows.AuthorizeUrl(address.AbsoluteUri, McpSide.Callback));
        await (during?.Invoke() ?? Task.CompletedTask);
        await asking;

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("not known to this server", browser.Text, StringComparison.Ordinal);
        Assert.InRange(_server.Clock.Now - start, TimeSpan.Zero, OutboundClient.Deadline);
        name ??= $"{address.IdnHost}:{address.Port}";
        var line = Assert.Single(_server.Logs.All.Skip(before), line => line.Contains(" AuthServer.", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal));
        Assert.Contains($"{name}: {failure}.", line, StringComparison.Ordinal);
    }

    private sealed class Names : IHostNames
    {
        public int Asked { get; private set; }

        public Func<int, IPAddress[]> Answers { get; set; } = _ => [IPAddress.Loopback];

        public Task<IPAddress[]> ResolveAsync(string host)
        {
            Asked++;
            return Task.FromResult(Answers(Asked));
        }
    }
}
