using System.Text;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Tests.Support;

/// <summary>What goes wrong with one call.</summary>
/// <param name="proceed">What would have been done without the fault.</param>
public delegate Task FakeFault(HttpContext http, Func<Task> proceed);

/// <summary>Faults of providers.</summary>
public static class FakeFaults
{
    public static FakeFault None { get; } = (_, proceed) => proceed();

    /// <summary>The call is not even looked at; the connection breaks.</summary>
    public static FakeFault Unreached { get; } = (http, _) =>
    {
        http.Abort();
        return Task.CompletedTask;
    };

    /// <summary>All is done, and the answer is lost on its way.</summary>
    public static FakeFault Lost { get; } = async (http, proceed) =>
    {
        var body = http.Response.Body;
        http.Response.Body = Stream.Null;
        await proceed();
        http.Response.Body = body;
        http.Abort();
    };

    public static FakeFault Html { get; } = (http, _) => TextAsync(http, 200, "text/html", "<!doctype html><title>Maintenance</title><p>We will be back soon.");

    public static FakeFault Empty { get; } = (http, _) => TextAsync(http, 200, "application/json", "");

    /// <summary>5 MB of JSON.</summary>
    public static FakeFault Huge { get; } = (http, _) => TextAsync(http, 200, "application/json", $$"""{"padding":"{{new string('x', 5_000_000)}}"}""");

    /// <summary>The answer twice, one behind the other.</summary>
    public static FakeFault Twice { get; } = async (http, proceed) =>
    {
        var body = http.Response.Body;
        using var once = new MemoryStream();
        http.Response.Body = once;
        await proceed();
        http.Response.Body = body;
        http.Response.ContentLength = 2 * once.Length;
        await body.WriteAsync(once.ToArray());
        await body.WriteAsync(once.ToArray());
    };

    /// <summary>Nothing is done before the task ends, or the caller goes away.</summary>
    public static FakeFault Held(Task until) => async (http, proceed) =>
    {
        await until.WaitAsync(http.RequestAborted);
        await proceed();
    };

    /// <summary>Nothing is ever done.</summary>
    public static FakeFault Silent(Action reached) => (http, _) =>
    {
        reached();
        var gone = new TaskCompletionSource();
        http.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    };

    /// <summary>All is done, and the answer waits until the task ends.</summary>
    public static FakeFault HeldAfter(Task until, Action? done = null) => async (http, proceed) =>
    {
        var body = http.Response.Body;
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        await proceed();
        http.Response.Body = body;
        done?.Invoke();
        await until.WaitAsync(http.RequestAborted);
        await body.WriteAsync(answer.ToArray(), http.RequestAborted);
    };

    public static FakeFault Status(int status, string json = "{}", params (string Name, string Value)[] headers) => (http, _) =>
    {
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        return TextAsync(http, status, "application/json", json);
    };

    /// <summary>200, and no token.</summary>
    public static FakeFault OkWithError(string code) => Status(200, $$"""{"ok":false,"error":"{{code}}"}""");

    public static FakeFault Redirect(string to, int status = 302) => Status(status, "{}", ("Location", to));

    private static Task TextAsync(HttpContext http, int status, string contentType, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();
    }
}
