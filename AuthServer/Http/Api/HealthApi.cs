using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AuthServer.Http.Api;

/// <summary><c>/api/v1/health</c>, for programs that look there; <c>/health/live</c> and <c>/health/ready</c> are for orchestrators.</summary>
internal static class HealthApi
{
    public static void MapHealthApi(this RouteGroupBuilder api) => api
        .MapGet("/health", async Task<Answer<HealthBody>> (HealthCheckService health, TimeProvider clock, CancellationToken ct) =>
        {
            var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), ct);
            return report.Status == HealthStatus.Healthy
                ? new HealthBody("ok", clock.GetUtcNow())
                : new Problem(503, "not_ready", "The server cannot do its work at the moment.");
        })
        .WithTags("Operation")
        .WithName("getHealth")
        .WithSummary("Whether the server can do its work.");
}

public sealed record HealthBody(string Status, DateTimeOffset Timestamp);
