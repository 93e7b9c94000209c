using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol.Delegation;

/// <summary>Whatever was delegated, in whatever words: what is issued passes, and says no more at any hop than was passed on there.</summary>
public sealed class IssuedChainProperties
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly SigningKey Key = SigningKey.Create(JwsAlgorithm.ES256);

    /// <summary>All that anybody here can ask for: literal, opaque, and below wildcards that a chain knows or does not.</summary>
    private static readonly string[] Known = ["crm.read", "crm.deals.read", "crm.Deals", "email:read", "email:send", "Files.read", "files.read", "openid"];

    private static readonly string[] Said = [.. Known, "crm.*", "crm.deals.*", "email:*", "Files.*", "files.*"];

    [Fact]
    public void What_is_issued_passes_and_no_hop_says_more_than_was_passed_on()
    {
        var scopes = Gen.Choose(1, (1 << Said.Length) - 1);
        var hops = scopes.SelectMany(mask => Gen.Choose(0, 100).SelectMany(amount => Gen.Choose(0, 3).Select(below => (mask, amount, below)))).ArrayOf();
        var chains = hops.SelectMany(all => Gen.Choose(0, 255).SelectMany(keyless => Gen.Choose(1, 255).Select(leaf => (all, keyless, leaf))));
        foreach (var (all, keyless, leaf) in Gen.Sample(chains, 6, 300))
        {
            Check([.. all.Take(6)], keyless, leaf);
        }
    }

    private static void Check((int Mask, int Amount, int Below)[] plan, int keyless, int leaf)
    {
        var chain = plan.Length == 0 ? null : new DelegationChain([.. Hops(plan)]);
        var held = chain is null ? Known : ScopeWildcards.Resolve(chain.Scopes, Known);
        string[] scopes = [.. held.Where((_, i) => (leaf >> i & 1) == 1)];
        ChainAgent[] agents =
        [
            .. Enumerable.Range(0, plan.Length + 1).Select(i => new ChainAgent($"agc_{i}", i < plan.Length && (keyless >> i & 1) == 1 ? null : $"thumbprint {i}")),
        ];
        var issued = IssuedChain.Sign(Token(chain, scopes), agents, Key);
        var verdict = ChainVerifier.Verify(issued, new ChainExpectations { RootKeys = new JsonWebKeySet([Key.PublicKey]), Now = Now });

        Assert.True(verdict.IsOk, $"{verdict.Outcome} at {verdict.Hop}: {string.Join(" > ", plan)}, {keyless}, {leaf}");
        Assert.Equal(agents.Length - issued.Count, agents.Select((agent, i) => agent.KeyThumbprint is null ? i + 1 : 0).Max());
        Assert.Equal(scopes, verdict.Hops[^1].Authority.Scopes);
        for (var i = 0; i < issued.Count - 1; i++)
        {
            // The first agent's token says what the first hop was given; each other's, what came through to it.
            var at = Math.Max(agents.Length - issued.Count + i, 1);
            var passedOn = new DelegationChain([.. chain!.Hops.Take(at)]).Scopes;
            Assert.All(Known.Where(verdict.Hops[i].Authority.Covers), scope => Assert.True(ScopeWildcards.CoversAll(passedOn, [scope])));
            Assert.Equal([IssuedChain.LinkAudience], verdict.Hops[i].Audience);
        }
    }

    /// <summary>As they are stored: each no deeper, and bounded no less, than the one before.</summary>
    private static IEnumerable<DelegationHop> Hops((int Mask, int Amount, int Below)[] plan)
    {
        var (deepest, amount) = (DelegationChain.MostHops - 1, 100);
        for (var depth = 0; depth < plan.Length; depth++)
        {
            (deepest, amount) = (Math.Max(plan.Length - 1, Math.Min(deepest, depth + plan[depth].Below)), Math.Min(amount, plan[depth].Amount));
            var mask = plan[depth].Mask;
            string[] scopes = [.. Said.Where((_, i) => (mask >> i & 1) == 1)];
            yield return new DelegationHop(
                $"dlg_{depth}", depth == 0 ? null : $"dlg_{depth - 1}", $"agt_{depth}", $"agt_{depth + 1}", "agt_0", scopes,
                $$"""[{"key":"amount","max":{{amount}}}]""", depth, deepest, null, null);
        }
    }

    private static AccessToken Token(DelegationChain? chain, string[] scopes) => new()
    {
        Issuer = "https://as.example",
        Id = "aud_1",
        Subject = "agt_0",
        ClientId = "agc_last",
        Audience = ["https://api.example"],
        Scopes = scopes,
        IssuedAt = Now,
        ExpiresAt = Now.AddMinutes(5),
        Delegation = chain,
    };
}
