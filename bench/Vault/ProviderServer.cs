using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Bench.Vault;

/// <summary>Somebody's OAuth provider and API, with as little behind it as possible: whoever comes agrees, refresh tokens are good once.</summary>
internal static class ProviderServer
{
    public const string Api = "/api/json";
    public const string Authorize = "/authorize";
    public const string Token = "/token";

    /// <summary>Gives access tokens that are over as soon as they are there: every use of one is a refresh.</summary>
    public const string ShortToken = "/token/short";

    public const string Identity = "/me";
    public const string Count = "/count";

    private static readonly byte[] Small = """{"status":"ok","service":"provider","version":1}"""u8.ToArray();
    private static readonly ConcurrentDictionary<string, byte> Good = new();

    private static long s_refreshes;
    private static long s_refused;

    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenLocalhost(port);
        });
        await using var app = builder.Build();
        app.Run(context => context.Request.Path.Value switch
        {
            Authorize => SendBack(context),
            Token => GiveAsync(context, "3600"),

            // Less than a second, which is counted in whole ones.
            ShortToken => GiveAsync(context, "0.5"),
            Identity => WriteAsync(context.Response, """{"sub":"bench"}"""u8.ToArray()),
            Count => WriteAsync(context.Response, Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $$"""{"refreshes":{{Interlocked.Read(ref s_refreshes)}},"refused":{{Interlocked.Read(ref s_refused)}}}"""))),
            _ => WriteAsync(context.Response, Small),
        });
        await app.RunAsync();
    }

    private static Task SendBack(HttpContext context)
    {
        var asked = context.Request.Query;
        context.Response.Redirect($"{asked["redirect_uri"]}?code={Guid.NewGuid():N}&state={Uri.EscapeDataString(asked["state"].ToString())}");
        return Task.CompletedTask;
    }

    private static async Task GiveAsync(HttpContext context, string seconds)
    {
        var form = await context.Request.ReadFormAsync();
        if (form["grant_type"] == "refresh_token")
        {
            Interlocked.Increment(ref s_refreshes);
            if (!Good.TryRemove(form["refresh_token"].ToString(), out _))
            {
                Interlocked.Increment(ref s_refused);
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                await WriteAsync(context.Response, """{"error":"invalid_grant"}"""u8.ToArray());
                return;
            }
        }

        var refreshToken = Guid.NewGuid().ToString("N");
        Good[refreshToken] = 0;
        await WriteAsync(context.Response, Encoding.ASCII.GetBytes(
            $$"""{"access_token":"{{Guid.NewGuid():N}}","token_type":"Bearer","expires_in":{{seconds}},"refresh_token":"{{refreshToken}}"}"""));
    }

    private static Task WriteAsync(HttpResponse response, byte[] body)
    {
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }
}
