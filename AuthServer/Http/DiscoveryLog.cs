using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuthServer.Http;

/// <summary>Tells the log, at Debug, who looked for which document: clients that give up before they send anything else leave no other trace.</summary>
public static partial class DiscoveryLog
{
    public const string Category = "AuthServer.Discovery";

    private const string Prefix = "/.well-known";

    // More than any client has, and nothing that fills a disk.
    private const int Longest = 200;

    public static IApplicationBuilder UseDiscoveryLog(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
        return app.UseWhen(http => http.Request.Path.StartsWithSegments(Prefix) && logger.IsEnabled(LogLevel.Debug), hits => hits.Use((http, next) =>
        {
            http.Response.OnStarting(() =>
            {
                Log.Read(logger, http.Request.Method, Quote(http.Request.Path), http.Response.StatusCode, Quote(http.Request.Headers.UserAgent.ToString()));
                return Task.CompletedTask;
            });
            return next(http);
        }));
    }

    /// <summary>On one line, whatever the sender wrote.</summary>
    private static string Quote(string? text) => JsonSerializer.Serialize(text is { Length: > Longest } ? text[..Longest] : text ?? "");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Method} {Path}: {Status}, by {UserAgent}.")]
        public static partial void Read(ILogger logger, string method, string path, int status, string userAgent);
    }
}
