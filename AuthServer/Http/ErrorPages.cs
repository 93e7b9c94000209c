using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuthServer.Http;

/// <summary>What a caller sees of what went wrong here: protocol callers JSON, people a page, nobody a stack trace.</summary>
public static partial class ErrorPages
{
    private static readonly string[] Searching = ["/admin", "/developer", "/live"];

    /// <summary>Answers without a body get the error page as theirs.</summary>
    public static IApplicationBuilder UseErrorPages(this IApplicationBuilder app) =>
        app.UseStatusCodePagesWithReExecute("/error", "?status={0}").Use(ReadErrorPage);

    /// <summary>400 for an address with a character in it that databases do not take for text, where pages search by what it says. Links that were sent to somebody say themselves
    /// that they are not good.</summary>
    public static IApplicationBuilder UseReadableAddresses(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (!Searching.Any(start => http.Request.Path.StartsWithSegments(start)) || http.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) != true)
        {
            return next(http);
        }

        DisplayedError.Show(http, "This request cannot be answered", "Its address holds a character that is none. Go back and try again.");
        return Task.CompletedTask;
    });

    /// <summary>Answers of the REST API without a body, which routing gives by itself, get a problem as theirs.</summary>
    public static IApplicationBuilder UseApiProblems(this IApplicationBuilder app) => app.UseWhen(IsRest, api => api.UseStatusCodePages(context =>
        Answer.WriteProblemAsync(context.HttpContext, context.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.NotFound,
            StatusCodes.Status405MethodNotAllowed => new(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "Use one of the methods of the Allow header."),
            StatusCodes.Status415UnsupportedMediaType => Problem.NoJson,
            var status => Problem.Malformed("invalid_request", "The request cannot be read.") with { Status = status },
        })));

    /// <summary>The outermost step, which also keeps browsers from guessing what an answer is.</summary>
    public static IApplicationBuilder UseUnhandledErrors(this IApplicationBuilder app, IssuerUri issuer)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("AuthServer.Http");
        return app.Use(async (http, next) =>
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            if (issuer.IsHttps)
            {
                http.Response.Headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
            }

            try
            {
                await next(http);
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                // The caller went away; nobody is left to answer.
            }
            catch (Exception e) when (!http.Response.HasStarted)
            {
                // The last edge: an outage or a bug. The trace id leads from the answer to the log.
                Log.Unhandled(logger, e, http.TraceIdentifier);
                await AnswerAsync(http);
            }
        });
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        var headers = http.Response.Headers.Where(header => header.Key is "Content-Security-Policy" or "X-Content-Type-Options" or "Referrer-Policy"
            or "X-Frame-Options" or "Strict-Transport-Security").ToArray();
        http.Response.Clear();
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        OAuthResponse.NoStore(http.Response);

        if (!IsForPeople(http))
        {
            await (IsRest(http)
                ? Answer.WriteProblemAsync(http, new Problem(StatusCodes.Status500InternalServerError, OAuthError.ServerError.Code, OAuthError.ServerError.Description))
                : OAuthResponse.WriteErrorAsync(http, OAuthError.ServerError));
            return;
        }

        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync($"Something went wrong here. Try again; if it goes on, tell the operator this number: {http.TraceIdentifier}");
    }

    /// <summary>The error page is read, whatever the method of the request that failed: pages answer few others, and OPTIONS with success.</summary>
    private static Task ReadErrorPage(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IStatusCodeReExecuteFeature>() is not null && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Request.Method = HttpMethods.Get;
        }

        return next(http);
    }

    /// <summary>The browser's routes; every other is for programs.</summary>
    public static bool IsForPeople(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/connect/authorize") || http.Request.Path.StartsWithSegments("/connect/endsession") || http.Request.Path.StartsWithSegments("/connect/accounts")
        || (!http.Request.Path.StartsWithSegments("/connect") && !http.Request.Path.StartsWithSegments("/.well-known")
            && !http.Request.Path.StartsWithSegments("/health") && !http.Request.Path.StartsWithSegments("/api")
            && !http.Request.Path.StartsWithSegments("/access") && !http.Request.Path.StartsWithSegments("/openapi")
            && !http.Request.Path.StartsWithSegments("/mcp") && !http.Request.Path.StartsWithSegments("/branding") && !IsOfSeed(http.Request.Path));

    private static bool IsRest(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/api") || http.Request.Path.StartsWithSegments("/access") || IsOfSeed(http.Request.Path);

    /// <summary>REST routes that stand at the root.</summary>
    private static bool IsOfSeed(PathString path) => path.StartsWithSegments("/certificates") || path.StartsWithSegments("/oauth-tokens") || path.StartsWithSegments("/auth/exchange");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The request {TraceId} failed.")]
        public static partial void Unhandled(ILogger logger, Exception exception, string traceId);
    }
}
