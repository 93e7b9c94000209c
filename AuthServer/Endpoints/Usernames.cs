using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints;

/// <summary>RFC 7662 §2.2: in whose name a token is, in words for people, where whoever asks may know it.</summary>
public sealed class Usernames(ApplicationDirectory applications, People people)
{
    /// <param name="client">Who asks; null: whoever holds the token.</param>
    /// <param name="clientId">Whose the token is.</param>
    /// <param name="agentId">The agent that acts in it.</param>
    public async ValueTask<string?> FindAsync(Client? client, string subject, string clientId, string? agentId, IReadOnlyList<string> scopes, CancellationToken ct) =>
        Identifiers.ToUuid("agt_", subject) is not null ? await OfAgentAsync(client, subject, agentId, ct)
        : client?.ClientId == clientId && MayKnow(scopes) ? (await people.ClaimsAsync(subject, ct))?.PreferredUsername
        : null;

    /// <summary>An agent that passed something on is shown by its name to an API and within its organization; to others, as everywhere, by its id alone.</summary>
    private async ValueTask<string?> OfAgentAsync(Client? client, string id, string? acting, CancellationToken ct) =>
        await applications.FindByAgentAsync(id, ct) is { Agent: { } agent } known
        && (acting == id || (client is not null && (client.Agent is null || client.Agent.OrganizationId == agent.OrganizationId)))
            ? known.DisplayName
            : null;

    /// <summary>Whether userinfo would tell the client the same.</summary>
    private static bool MayKnow(IReadOnlyList<string> scopes) =>
        scopes.Contains(ScopeNames.OpenId) && PersonClaims.NamesFor(scopes).Any(name => name is "preferred_username" or "email");
}
