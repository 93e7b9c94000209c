using AuthServer.Agents;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Pages.Dashboard;
using AuthServer.Scopes;

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
public abstract class AgentPage(AgentDesk desk) : OwnedPage<AgentAnswer>(desk.Seats)
{
    public AgentAnswer Agent { get; private set; } = null!;

    public string Address => $"/developer/agents/{Agent.Id}";

    /// <summary>What was revoked is there to be read, and for nothing else.</summary>
    public bool MayChange => Seat.IsDeveloper && Agent.Status != AgentStatus.Revoked;

    protected AgentDesk Desk => desk;

    protected override async Task<AgentAnswer?> FindAsync(Seat seat, string id, CancellationToken ct) => (await desk.Agents.FindAsync(new ActingParty(seat.Member), id, ct)).Value;

    protected override Task TakeAsync(AgentAnswer found, CancellationToken ct)
    {
        Agent = found;
        return Task.CompletedTask;
    }
}
