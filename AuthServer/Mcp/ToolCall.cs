using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Mcp;

/// <summary>One call of a tool.</summary>
/// <param name="Http">The request that it came by.</param>
/// <param name="Caller">Who calls; null where the tool is for everybody.</param>
internal sealed record ToolCall(HttpContext Http, ActingParty? Caller)
{
    public ActingParty Party => Caller ?? throw new InvalidOperationException("A tool for everybody asked who calls.");
}
