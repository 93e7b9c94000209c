using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AuthServer.Mcp;

/// <summary>What stands before the MCP server: whether a request may pass is said before any of it is carried out.</summary>
internal sealed class McpGate(
    McpAdmission admission, McpSessions sessions, ApplicationDirectory applications, PreAuthenticationLimit limit, IssuerUri issuer)
{
    public const string Initialize = "initialize";
    public const string SessionHeader = "Mcp-Session-Id";
    public const string NameHeader = "Mcp-Name";
    public const string MethodHeader = "Mcp-Method";
    public const string VersionHeader = "MCP-Protocol-Version";

    /// <summary>Where people read how to connect their client.</summary>
    public const string Page = "/connect-agents";


    /// <param name="door">By which of its addresses it is called.</param>
    /// <param name="next">The server.</param>
    public async Task HandleAsync(HttpContext http, McpDoor door, RequestDelegate next)
    {
        if (await CheckOriginAsync(http) is { } foreign)
        {
            await WriteAsync(http, null, McpAnswers.Refused, foreign);
        }
        else if ((await McpBody.ReadAsync(http)).Failed(out var problem, out var message))
        {
            await WriteAsync(http, null, McpAnswers.InvalidRequest, problem);
        }
        else if (CheckHeaders(http, message) is { } differing)
        {
            await WriteAsync(http, message, McpAnswers.HeaderMismatch, differing);
        }
        else if ((await admission.AdmitAsync(http, door, message)).Failed(out problem, out var admitted))
        {
            await McpAnswers.WriteProblemAsync(http, message, problem);
        }
        else if (CheckSession(http, message, admitted.Caller) is { } unknown)
        {
            await WriteAsync(http, message, McpAnswers.NoSession, unknown);
        }
        else
        {
            (http.Request.Body, http.Request.ContentLength) = (new MemoryStream(message.Body.ToArray(), writable: false), message.Body.Length);
            await AnswerAsync(http, next);
        }
    }

    /// <summary>Each request has one answer, so nothing is sent before it is whole: until then a tool may still say in a header how long to wait.</summary>
    private static async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        var wire = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var answer = new MemoryStream();
        var whole = new StreamResponseBodyFeature(answer, wire);
        http.Features.Set<IHttpResponseBodyFeature>(whole);
        try
        {
            await next(http);
            await whole.CompleteAsync();
        }
        finally
        {
            http.Features.Set(wire);
        }

        answer.Position = 0;
        await answer.CopyToAsync(wire.Stream, http.RequestAborted);
    }

    /// <summary>No stream is opened and no session is ended here: there is nothing to say unasked, and nothing to end.</summary>
    public Task HandleOtherAsync(HttpContext http, McpDoor door)
    {
        if (HttpMethods.IsGet(http.Request.Method) && http.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html"))
        {
            SeeOther.To(http, Page);
            return Task.CompletedTask;
        }

        if (admission.Ask(http, door) is { } problem)
        {
            return McpAnswers.WriteProblemAsync(http, null, problem);
        }

        http.Response.Headers.Allow = HttpMethods.Post;
        return McpAnswers.WriteErrorAsync(http, StatusCodes.Status405MethodNotAllowed, null, McpAnswers.Refused, "Use POST.");
    }

    /// <summary>Browsers say which page sends a request. Only pages of clients that are registered here, and our own, may; <c>null</c> is anybody's.
    /// The host is never taken from a request, so that a name which was made to point here (DNS rebinding) is a foreign origin too.</summary>
    private async ValueTask<Problem?> CheckOriginAsync(HttpContext http)
    {
        var sent = http.Request.Headers.Origin;
        return sent.Count == 0 || (sent.Count == 1 && sent[0] is { Length: <= 400 } origin
            && (origin == issuer.Value || (origin.Contains("://", StringComparison.Ordinal) && await applications.IsOriginOfClientAsync(origin, http.RequestAborted))))
                ? null
                : Problem.Forbidden("mcp_origin", "Web pages of this origin cannot use this server.");
    }

    /// <summary>What stands between here and the caller may have decided by the headers what is carried out by the message.</summary>
    private static Problem? CheckHeaders(HttpContext http, McpMessage message)
    {
        bool Differs(string name, string? said) => http.Request.Headers.TryGetValue(name, out var sent) && sent != said;
        return Differs(MethodHeader, message.Method) || (message.Version is not null && http.Request.Headers[VersionHeader] != message.Version) || (message.Method == "tools/call" && Differs(NameHeader, message.Tool))
            ? Problem.Malformed("mcp_header_mismatch", $"{VersionHeader}, {MethodHeader} or {NameHeader} is not what the message says.")
            : null;
    }

    private Problem? CheckSession(HttpContext http, McpMessage message, string? caller)
    {
        var sent = http.Request.Headers[SessionHeader];

        // The server behind keeps none.
        http.Request.Headers.Remove(SessionHeader);
        if (message.Method == Initialize)
        {
            http.Response.OnStarting(() =>
            {
                if (http.Response.StatusCode == StatusCodes.Status200OK)
                {
                    http.Response.Headers[SessionHeader] = sessions.Open(caller);
                }

                return Task.CompletedTask;
            });
            return null;
        }

        return sent.Count == 0 || message.Version is not null || (sent.Count == 1 && sessions.Admits(sent[0]!, caller))
            ? null
            : new Problem(StatusCodes.Status404NotFound, "mcp_session", "There is no such session, or it is not yours: initialize a new one.");
    }

    private Task WriteAsync(HttpContext http, McpMessage? message, int code, Problem problem)
    {
        var refused = limit.Refuse(http, OAuthError.InvalidRequest(problem.Detail, problem.Code));
        return refused.Code == TooManyRequests.Code
            ? McpAnswers.WriteProblemAsync(http, message, Problem.TooMany(refused.Description))
            : McpAnswers.WriteErrorAsync(http, problem.Status, message?.Id, code, problem.Detail);
    }
}
