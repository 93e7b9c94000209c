using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Tests.Support;

/// <summary>Somebody's web server that is sent webhooks: keeps what comes and answers as a test says, else 200.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly DocumentHost _host;
    private readonly ConcurrentQueue<Received> _received = new();

    private Receiver(DocumentHost host) => _host = host;

    /// <summary>As <c>AllowedPrivateHosts</c> names it.</summary>
    public string Name => _host.Name;

    public IReadOnlyList<Received> All => [.. _received];

    public static async Task<Receiver> StartAsync() => new(await DocumentHost.StartAsync());

    /// <summary>A path of it where messages are kept.</summary>
    public string Url(string path = "/hook", Func<HttpContext, Task>? answer = null)
    {
        Answer(path, answer ?? (_ => Task.CompletedTask));
        return _host.At(path).ToString();
    }

    public void Answer(string path, Func<HttpContext, Task> answer) => _host.Serve(path, async http =>
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        _received.Enqueue(new Received(path, http.Request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        await answer(http);
    });

    public void Answer(string path, int status) => Answer(path, http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}

/// <summary>One message as it came.</summary>
public sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonElement.Parse(Text);

    public string Type => Json.GetProperty("type").GetString()!;
}
