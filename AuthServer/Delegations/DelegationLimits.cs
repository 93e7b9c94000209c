using System.Text.Json;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Delegations;

/// <summary>What one action takes from what the hops of a chain may use in all: from each hop's own limit and from those of all hops above it, together
/// or not at all.</summary>
internal static class DelegationLimits
{
    /// <summary>The key that counts actions, one each; every other counts what the API states.</summary>
    public const string Uses = "uses";

    private const string Lifetime = "max_lifetime";

    // A window longer than any delegation lives.
    private static readonly TimeSpan Ever = TimeSpan.FromDays(36_500);

    /// <param name="tokenId">Whose <c>max_lifetime</c> is counted; one that nobody has used has all of it.</param>
    /// <param name="tokenEnds">When that token does.</param>
    /// <param name="stated">By a constraint's key; null: nothing is to be taken, only looked at.</param>
    /// <param name="unusable">The first whose value nobody states, or as none that can be counted; then nothing may be done.</param>
    public static IReadOnlyList<LimitTake> Of(
        DelegationChain chain, string tokenId, DateTimeOffset tokenEnds, IReadOnlyDictionary<string, JsonElement>? stated, out Constraint? unusable)
    {
        (unusable, var takes) = (null, new List<LimitTake>());
        var above = Constraints.None;
        foreach (var hop in chain.Hops)
        {
            var bounds = DelegationBounds.Read(hop.Constraints);

            // What a hop only inherits, the hop above counts already. A token's own total knows nobody above it.
            foreach (var bound in bounds.Counted.Where(bound => bound.Type == Lifetime ? hop == chain.Leaf : above.All.All(inherited => inherited.Json != bound.Json)))
            {
                var amount = stated is null ? 0 : AmountOf(bound, stated);
                unusable ??= amount is null || bound.Ceiling is null ? bound : null;
                takes.Add(Take(hop, bound, amount ?? 0, tokenId, tokenEnds));
            }

            above = bounds;
        }

        return takes;
    }

    private static LimitTake Take(DelegationHop hop, Constraint bound, decimal amount, string tokenId, DateTimeOffset tokenEnds)
    {
        var (ofToken, ceiling) = (bound.Type == Lifetime, bound.Ceiling);
        var window = ceiling?.WindowSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Ever;
        return new LimitTake(
            ofToken ? LimitKind.MaxLifetime : bound.Type == "max_subtree" ? LimitKind.MaxSubtree : LimitKind.Budget,
            $"{(ofToken ? "token/" + tokenId : "delegation/" + hop.Id)}/{bound.Type}/{Handle.ReferenceId(bound.Key)}",
            ceiling?.Max ?? 0, window, amount, PolicyId: null, PolicyName: null)
        {
            DelegationId = hop.Id,
            Counted = bound.Key,
            EndsAt = ofToken ? tokenEnds : window == Ever ? hop.ExpiresAt : null,
        };
    }

    /// <summary>Null: it cannot be counted. A negative amount would fill the account up again.</summary>
    private static decimal? AmountOf(Constraint bound, IReadOnlyDictionary<string, JsonElement> stated) =>
        bound.Ceiling?.Currency is { } currency && !(stated.TryGetValue("currency", out var named) && named.ValueKind == JsonValueKind.String && named.ValueEquals(currency)) ? null
        : bound.Key == Uses ? 1
        : stated.TryGetValue(bound.Key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount) && Amounts.Usable(amount) ? amount
        : null;
}
