using System.Text;
using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Pages.Portal;

/// <summary><c>/live</c>: server-sent events that say that a page has become old (HTML, "Server-sent events"). They carry nothing of what happened: the page
/// is then read again, by whoever may read it. With <c>organization</c> of what concerns an organization, with <c>everything</c>, for administrators, of whatever happens, without of what concerns the person.</summary>
internal static class LiveEndpoint
{
    /// <summary>Keeps proxies from taking the stream for dead, and looks whether it may go on.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>At most one message in this time.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    public static void MapLive(this IEndpointRouteBuilder app) => app.MapGet("/live", StreamAsync).ExcludeFromDescription();

    private static async Task StreamAsync(
        HttpContext http, LiveStreams streams, TrailWatch watch, Memberships memberships, Administrators administrators, RevocationIndex ended, TimeProvider clock, IHostApplicationLifetime host)
    {
        var session = await http.AuthenticateAsync(SessionCookie.Scheme);
        if (SignInSessions.PersonOf(session.Principal) is not { } person)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var named = http.Request.Query["organization"];
        string? organization = named.Count == 0 ? null : named.ToString();
        var everything = http.Request.Query.ContainsKey("everything");
        async Task<bool> MayAsync(CancellationToken ct) =>
            !SessionCookie.HasEnded(ended, person) && clock.GetUtcNow() < session.Properties?.ExpiresUtc
            && (!everything || await administrators.IncludeAsync(person.Subject, ct))
            && (organization is null || await memberships.RoleAsync(organization, person.Subject, ct) is not null);

        if (!await MayAsync(http.RequestAborted))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var stream = streams.TryOpen(person);
        if (stream is null)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            TooManyRequests.SetRetryAfter(http.Response, Later);
            return;
        }

        using var watching = watch.Add(everything ? TrailWatch.Everything : organization ?? person.Subject, stream.Wake);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stream.Ended, host.ApplicationStopping);
        try
        {
            await SendAsync(http, stream, MayAsync, clock, until.Token);
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            // The page was left, the person signed out, or the server stops.
        }
    }

    private static async Task SendAsync(HttpContext http, LiveListener stream, Func<CancellationToken, Task<bool>> mayAsync, TimeProvider clock, CancellationToken ct)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await WriteAsync(http, "retry: 5000\n\n", ct);
        while (true)
        {
            var isNews = await stream.WaitAsync(Heartbeat, clock, ct);
            if (!await mayAsync(ct))
            {
                return;
            }

            await WriteAsync(http, isNews ? "event: changed\ndata: .\n\n" : ": still here\n\n", ct);
            if (isNews)
            {
                await Task.Delay(Pause, clock, ct);
            }
        }
    }

    private static async Task WriteAsync(HttpContext http, string text, CancellationToken ct)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
        await http.Response.Body.FlushAsync(ct);
    }
}
