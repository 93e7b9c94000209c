using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Agents.Credentials;

/// <summary><c>/api/v1/credentials</c>: agents' API keys.</summary>
internal static class CredentialsApi
{
    public const string Write = "credentials.write";

    public static void MapCredentials(this RouteGroupBuilder api)
    {
        const string read = "credentials.read", delete = "credentials.delete";
        var all = api.MapGroup("/credentials").WithTags("Credentials");
        all.MapPost("", (Body<NewCredential> body, ActingParty caller, ManagedKeys credentials, HttpContext http, CancellationToken ct) =>
                credentials.CreateAsync(http, caller, body.Value, ct))
            .Creates().Requires(Write).WithName("createCredential").WithSummary("Makes an API key for an agent. It is shown this once.");
        all.MapGet("", (ActingParty caller, AgentIdFilter of, Paging paging, ManagedKeys credentials, CancellationToken ct) =>
                credentials.ListAsync(caller, of.AgentId, paging, ct))
            .Requires(read).WithName("listCredentials").WithSummary("An agent's API keys by their first characters, newest first.");
        all.MapGet("/{id}", (string id, ActingParty caller, ManagedKeys credentials, CancellationToken ct) => credentials.FindAsync(caller, id, ct))
            .Requires(read).WithName("getCredential").WithSummary("One API key.");
        all.MapPost("/{id}/rotate", (string id, ActingParty caller, ManagedKeys credentials, HttpContext http, CancellationToken ct) =>
                credentials.RotateAsync(http, caller, id, ct))
            .Requires(Write).WithName("rotateCredential").WithSummary("A new key in the place of one, which is dead at once.");
        all.MapDelete("/{id}", (string id, ActingParty caller, ManagedKeys credentials, HttpContext http, CancellationToken ct) =>
                credentials.RevokeAsync(http, caller, id, ct))
            .Requires(delete).WithName("revokeCredential").WithSummary("Ends a key and every token that it gave.");
        api.MapGet("/agents/{id}/credentials", (string id, ActingParty caller, Paging paging, ManagedKeys credentials, CancellationToken ct) =>
                credentials.ListAsync(caller, id, paging, ct))
            .Requires(read).WithTags("Credentials").WithName("listAgentCredentials").WithSummary("An agent's API keys by their first characters, newest first.");
    }
}
