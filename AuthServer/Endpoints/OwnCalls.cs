using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>Asks this server's own protocol endpoints as a client does, without a network between: the very endpoints answer, with their limits and their trail.
/// What they count by address counts for whoever looks at the page.</summary>
public sealed class OwnCalls(TokenEndpoint token, IntrospectEndpoint introspect, RevokeEndpoint revoke)
{
    /// <param name="route">One of <see cref="Routes"/>: token, introspect or revoke.</param>
    /// <param name="basic">The client's id and secret; null: it proves itself in the form, or not at all.</param>
    public async Task<OwnAnswer> SendAsync(HttpContext caller, string route, IReadOnlyList<KeyValuePair<string, string>> form, (string Id, string Secret)? basic, CancellationToken ct)
    {
        using var content = new FormUrlEncodedContent(form);
        var body = await content.ReadAsByteArrayAsync(ct);
        using var answer = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = caller.RequestServices, TraceIdentifier = caller.TraceIdentifier, RequestAborted = ct };
        http.Connection.RemoteIpAddress = caller.Connection.RemoteIpAddress;
        (http.Request.Method, http.Request.Scheme, http.Request.Host, http.Request.Path) = (HttpMethods.Post, caller.Request.Scheme, caller.Request.Host, route);
        (http.Request.ContentType, http.Request.ContentLength, http.Request.Body) = ("application/x-www-form-urlencoded", body.Length, new MemoryStream(body));
        http.Request.Headers.UserAgent = caller.Request.Headers.UserAgent;
        if (basic is var (id, secret))
        {
            // RFC 6749 §2.3.1: both are encoded as in a form.
            var pair = Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}");
            http.Request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair)).ToString();
        }

        http.Response.Body = answer;
        await (route switch
        {
            Routes.Token => token.HandleAsync(http),
            Routes.Introspect => introspect.HandleAsync(http),
            Routes.Revoke => revoke.HandleAsync(http),
            _ => throw new ArgumentException("No client sends a form there.", nameof(route)),
        });
        await http.Response.BodyWriter.FlushAsync(ct);
        return new OwnAnswer(http.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }
}

/// <param name="Body">JSON; empty where the status says it all.</param>
public sealed record OwnAnswer(int Status, string Body);
