using System.Text.Json;
using AuthServer.Jose;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Delegation;

/// <summary>A chain as this server issues it: the access token, and for each agent before it a link. A link shows what the agent passed on, to whoever
/// verifies the chain, and opens no door: it is made for nobody, and no access token of that agent leaves its hands.</summary>
public static class IssuedChain
{
    /// <summary>The audience of links, which nobody has.</summary>
    public const string LinkAudience = "urn:authserver:delegation-link";

    /// <param name="token">What the last agent gets.</param>
    /// <param name="agents">From the first that delegated to the one that acts, which has a key.</param>
    /// <returns>Root first; the last is the access token.</returns>
    public static IReadOnlyList<string> Sign(AccessToken token, IReadOnlyList<ChainAgent> agents, SigningKey key)
    {
        var hops = token.Delegation?.Hops ?? [];

        // Nothing can be bound to an agent without a key, so the server vouches for all up to the last such: the chain begins behind it.
        var first = agents.Select((agent, index) => agent.KeyThumbprint is null ? index + 1 : 0).Max();
        var authorities = Authorities(token, hops, first, agents.Count - 1);
        var signed = new List<string>();
        for (var at = first; at < agents.Count; at++)
        {
            var depth = at - first;
            var hop = new DelegationToken
            {
                Issuer = token.Issuer,
                Id = $"{token.Id}.{depth}",
                Principal = token.Subject,
                Agent = agents[at].ClientId,
                Audience = [LinkAudience],
                IssuedAt = token.IssuedAt,
                ExpiresAt = token.ExpiresAt,
                KeyThumbprint = agents[at].KeyThumbprint!,
                Authority = authorities[depth],
                Depth = depth,
                MaxDepth = depth + 1 + HopsBelow(hops, at),
                ParentHash = depth == 0 ? null : DelegationToken.HashOf(signed[^1]),
            };
            hop = at == agents.Count - 1 ? hop with { Id = token.Id, Audience = token.Audience, Others = OthersOf(token) } : hop;
            signed.Add(hop.Sign(key));
        }

        return signed;
    }

    /// <summary>What each may do, the first of the chain first. A chain knows fewer wildcards than we do: what an agent cannot say by one, it says by the
    /// names that are passed on below it.</summary>
    private static Authority[] Authorities(AccessToken token, IReadOnlyList<DelegationHop> hops, int first, int last)
    {
        var below = new Authority(token.Scopes, last == 0 ? Constraints.None : ConstraintsOf(hops[last - 1]));
        var authorities = new List<Authority> { below };
        for (var at = last - 1; at >= first; at--)
        {
            var given = hops.Take(Math.Max(at, 1)).Select(hop => hop.Scopes).Aggregate(ScopeWildcards.Intersect);
            string[] said = [.. given.Where(DelegationScopes.IsValid)];
            below = new Authority(
                [.. said, .. below.Scopes.Where(scope => !said.Any(held => DelegationScopes.Covers(held, scope)))],
                at == 0 ? Constraints.None : ConstraintsOf(hops[at - 1]));
            authorities.Insert(0, below);
        }

        return [.. authorities];
    }

    /// <summary>How many hops may follow. A delegation counts the hops, from 0; a chain counts its tokens, and the first agent's too.</summary>
    private static int HopsBelow(IReadOnlyList<DelegationHop> hops, int at) => hops.Count == 0
        ? DelegationChain.DefaultHops
        : hops.Take(Math.Max(at, 1)).Min(hop => hop.MaxAbsoluteChainDepth) - (at - 1);

    private static Constraints ConstraintsOf(DelegationHop hop) => Constraints.TryRead(JsonElement.Parse(hop.Constraints), out var read, out var fault)
        ? read
        : throw new InvalidOperationException($"Stored constraints cannot be read: {fault}");

    /// <summary>What the token says to those who ask this server, beside what a chain needs.</summary>
    private static Dictionary<string, JsonElement> OthersOf(AccessToken token)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            token.WriteTo(json);
        }

        return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)).EnumerateObject()
            .Where(member => !DelegationToken.Claims.Contains(member.Name))
            .ToDictionary(member => member.Name, member => member.Value);
    }
}
