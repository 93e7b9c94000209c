using AuthServer.Http.Api;

namespace AuthServer.Mcp;

/// <summary>Who calls this tool and no other, or why not, as the gate found it: it travels beside the message, so that no credential is in what is handled and logged.</summary>
internal sealed record ToolCaller(string Tool, ActingParty Party);
