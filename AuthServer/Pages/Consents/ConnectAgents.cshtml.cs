using AuthServer.Http;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Consents;

/// <summary>How to connect a program that speaks the Model Context Protocol.</summary>
public sealed class ConnectAgentsModel(OwnResources own, IssuerUri issuer) : PageModel
{
    public string Address => own.Mcp.Uri;

    public string SignInAddress => own.McpOAuth.Uri;

    public IReadOnlyList<AgentHost> Hosts => AgentHost.All(own.Mcp.Uri, issuer.Value);
}
