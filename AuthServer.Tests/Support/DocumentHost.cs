using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuthServer.Tests.Support;

/// <summary>Somebody else's web server on loopback: answers each path as a test says, and counts what it was asked.</summary>
public sealed class DocumentHost : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new();
    private readonly ConcurrentDictionary<string, int> _asked = new();
    private readonly WebApplication _app;

    private DocumentHost(WebApplication app) => _app = app;

    public int Port { get; private set; }

    /// <summary>As <c>AllowedPrivateHosts</c> names it.</summary>
    public string Name => $"localhost:{Port}";

    public static async Task<DocumentHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MinResponseDataRate = null;
        });
        var host = new DocumentHost(builder.Build());
        host._app.Run(host.AnswerAsync);
        await host._app.StartAsync();
        host.Port = new Uri(host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return host;
    }

    public Uri At(string path) => new($"http://{Name}{path}");

    public int Asked(string path) => _asked.GetValueOrDefault(path);

    public void Serve(string path, Func<HttpContext, Task> answer) => _answers[path] = answer;

    public void Serve(string path, string body, string? cacheControl = null, int status = 200) => Serve(path, http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = cacheControl;
        return http.Response.WriteAsync(body);
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        _asked.AddOrUpdate(http.Request.Path, 1, (_, count) => count + 1);
        if (_answers.TryGetValue(http.Request.Path, out var answer))
        {
            return answer(http);
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
