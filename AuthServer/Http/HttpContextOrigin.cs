using AuthServer.Protocol;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

public static class HttpContextOrigin
{
    /// <summary>The caller's address, after forwarded headers of known proxies. An IPv4 address has one spelling.</summary>
    public static string Address(this HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            : "unknown";

    /// <summary>What the caller's program says that it is; null where it says nothing.</summary>
    public static string? UserAgent(this HttpContext http) => http.Request.Headers.UserAgent is { Count: > 0 } sent ? sent.ToString() : null;

    public static RequestOrigin Origin(this HttpContext http) => new(http.Address(), http.TraceIdentifier, http.UserAgent());

    /// <summary>An event about this request; what else it says is added with <c>with</c>.</summary>
    public static AuditEvent Event(this HttpContext http, string type, string outcome, DateTimeOffset now) => new()
    {
        Id = Identifiers.New("aud_", now),
        At = now,
        Type = type,
        Outcome = outcome,
        Address = http.Address(),
        UserAgent = http.UserAgent(),
        CorrelationId = http.TraceIdentifier,
    };
}
