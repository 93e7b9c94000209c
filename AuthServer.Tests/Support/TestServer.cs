using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuthServer.Tests.Support;

/// <summary>The real host on a loopback port, with a database, keys and a clock of its own. Nothing is replaced but the clock.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private const int FirstPort = 20000;
    private const int LastPort = 32000;

    /// <summary>Two runs on one machine begin at different places.</summary>
    private static int _ports = Random.Shared.Next(LastPort - FirstPort);

    private readonly string _home;
    private WebApplication? _app;

    private TestServer(string home, Uri address, TestClock clock) => (_home, Address, Clock) = (home, address, clock);

    public Uri Address { get; }

    public string Issuer => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Starts at the real time: browsers and cookie jars drop cookies by the clock of their own machine.</summary>
    public TestClock Clock { get; }

    public string Home => _home;

    public IServiceProvider Services => _app!.Services;

    /// <summary>What the server has logged.</summary>
    public LogLines Logs { get; } = new();

    /// <param name="settings">Configuration keys and values, above the test defaults.</param>
    public static Task<TestServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, settings);

    public static async Task<TestServer> StartAsync(Action<IServiceCollection>? configure, params (string Key, string Value)[] settings)
    {
        var server = Create();
        await FirstHome.CopyAsync(server.Home, settings);
        await server.StartAsync(settings, configure);
        return server;
    }

    /// <summary>One whose database and keys are made by this very start.</summary>
    public static async Task<TestServer> StartFirstTimeAsync(params (string Key, string Value)[] settings)
    {
        var server = Create();
        await server.StartAsync(settings, null);
        return server;
    }

    /// <summary>Stops and starts it on the same database and keys, as a restart would.</summary>
    public async Task RestartAsync(params (string Key, string Value)[] settings)
    {
        await StopAsync();
        await StartAsync(settings, null);
    }

    /// <summary>A client that follows no redirects and keeps no cookies.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    public async Task<T> QueryAsync<T>(Func<AuthDbContext, Task<T>> query)
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
        return await query(context);
    }

    public Task<List<AuditEventRow>> TrailAsync(string type) =>
        QueryAsync(context => context.AuditEvents.AsNoTracking().Where(row => row.Type == type).OrderBy(row => row.Id).ToListAsync());

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task StartAsync((string Key, string Value)[] settings, Action<IServiceCollection>? configure)
    {
        var defaults = new Dictionary<string, string>
        {
            ["Urls"] = Issuer,
            ["AuthServer:Home"] = _home,
            ["AuthServer:Demo"] = "false",

            // Every test comes from one address; the tests of the limits set their own.
            ["AuthServer:RateLimits:PerAddress"] = "100000",
            ["AuthServer:RateLimits:SignIn"] = "100000",
            ["AuthServer:RateLimits:OpenRequests"] = "100000",
            ["AuthServer:RateLimits:NewAgents"] = "100000",
            ["AuthServer:Quickstart:MostPerNetwork"] = "10000",
            ["AuthServer:Quickstart:MostPerNeighbourhood"] = "10000",
            ["Logging:LogLevel:Default"] = "Information",
        };
        foreach (var (key, value) in settings)
        {
            defaults[key] = value;
        }

        string[] args = ["--environment=Development", .. defaults.Select(pair => $"--{pair.Key}={pair.Value}")];
        void Configure(IServiceCollection services)
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddSingleton<ILoggerProvider>(Logs);

            // Thousands of tests have people with passwords and clients with secrets, and their full price is most of what they would cost.
            services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 1000);
            configure?.Invoke(services);
        }

        _app = await AuthServerHost.CreateAsync(args, Configure, CancellationToken.None);
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    private static TestServer Create() =>
        new(TempFolder.New(), new Uri($"http://localhost:{FreePort()}/"), new TestClock(DateTimeOffset.UtcNow));

    /// <summary>
    /// The issuer must be known before the server listens, so the port is chosen first: each one once in a run, and below those that
    /// the system gives to whoever asks for any. One of those could be a connection's by the time the server listens.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref _ports) % (LastPort - FirstPort));
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Something else of this machine listens there.
            }
        }
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        using var document = await JsonDocument.ParseAsync(body);
        return document.RootElement.Clone();
    }
}
