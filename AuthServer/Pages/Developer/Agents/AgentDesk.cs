using AuthServer.Agents;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Pages.Dashboard;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>What pages about one agent need to find it.</summary>
public sealed class AgentDesk(Seats seats, RegisteredAgents agents, ScopeCatalog scopes, ActivityNames names, IssuerUri issuer)
{
    public Seats Seats => seats;

    public RegisteredAgents Agents => agents;

    public ScopeCatalog Scopes => scopes;

    public ActivityNames Names => names;

    public string Issuer => issuer.Value;

    /// <summary>The command that gets a token by a secret.</summary>
    public string TokenBySecret(string clientId, string secret) => $"curl -s {issuer.Value}/connect/token -u {clientId}:{secret} -d grant_type=client_credentials";

    /// <summary>What a program reads from its environment.</summary>
    public string Environment(string clientId, string secret) => $"AUTHSERVER_ISSUER={issuer.Value}\nAUTHSERVER_CLIENT_ID={clientId}\nAUTHSERVER_CLIENT_SECRET={secret}\n";
}

/// <summary>A page about one agent, as a member of its organization sees it.</summary>
public abstract class AgentPage(AgentDesk desk) : PageModel, ISeated
{
    public Seat Seat { get; private set; } = null!;

    public AgentAnswer Agent { get; private set; } = null!;

    public FormFaults Faults { get; } = new();

    public string Address => $"/developer/agents/{Agent.Id}";

    /// <summary>What was revoked is there to be read, and for nothing else.</summary>
    public bool MayChange => Seat.IsDeveloper && Agent.Status != AgentStatus.Revoked;

    protected AgentDesk Desk => desk;

    /// <summary>As a member of the organization that it belongs to.</summary>
    /// <returns>Where else to go; null: here.</returns>
    protected async Task<IActionResult?> LoadAsync(string? id, CancellationToken ct)
    {
        if (await desk.Seats.ReadAsync(HttpContext, ct) is not { } seats)
        {
            return this.SeeOther("/sign-in");
        }

        foreach (var seat in seats)
        {
            if ((await desk.Agents.FindAsync(new ActingParty(seat.Member), id ?? "", ct)).Value is { } found)
            {
                (Seat, Agent) = (seat, found);
                return null;
            }
        }

        return NotFound();
    }

    /// <summary>The same for what only developers do.</summary>
    /// <param name="operation">What is tried, by the name that the API has for it.</param>
    protected async Task<IActionResult?> LoadAsync(string? id, string operation, CancellationToken ct) =>
        await LoadAsync(id, ct) is { } elsewhere ? elsewhere
        : Seat.IsDeveloper ? null
        : await PageAnswers.RefuseAsync(HttpContext, Seat.Member, operation);

    /// <summary>This page again, with what stood in the way.</summary>
    protected Task<IActionResult> RefusedAsync(Problem problem, string operation, IEnumerable<Question>? asked = null) =>
        this.RefusedAsync(Seat, problem, operation, asked ?? [], Faults);
}
