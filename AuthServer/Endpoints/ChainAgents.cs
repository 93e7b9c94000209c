using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.Grants;

namespace AuthServer.Endpoints;

/// <summary>Who stands in the chain of a delegated token: draft-asor-wimse-agent-delegation-chain, for agents with a registered key.</summary>
internal static class ChainAgents
{
    /// <summary>From the first that delegated to the one that acts; alone, where it narrows a token of its own. Null: the token is not bound to an agent's
    /// key, because the agent has none, or somebody else holds the token for it. The key of a proof that came along is nearer than the registered one.</summary>
    public static async ValueTask<IReadOnlyList<ChainAgent>?> FindAsync(TokenRequest request, Granted granted, CancellationToken ct)
    {
        var isOfExchange = granted.IssuedTokenType is not null || granted.Delegation is not null;
        var own = request.Client;
        if (!isOfExchange || own.KeyThumbprint is null || own.Agent is not { } agent || agent.Id != granted.Agent?.Id)
        {
            return null;
        }

        List<ChainAgent> agents = [];
        foreach (var id in granted.Delegation?.Agents.SkipLast(1) ?? [])
        {
            agents.Add(await request.FindAgentAsync(id, ct) is { } client ? new(client.ClientId, client.KeyThumbprint) : new("", null));
        }

        return [.. agents, new(own.ClientId, request.ProofKey ?? own.KeyThumbprint)];
    }
}
