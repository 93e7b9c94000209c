using System.Text.Json;
using AuthServer.Protocol.Delegation;

namespace AuthServer.Delegations;

/// <summary>The constraints that a delegation has: its own, and those of the hop before it that it says nothing about.</summary>
internal static class DelegationBounds
{
    // These count what was used, and nobody keeps that account yet: what cannot be held to is not promised.
    private static readonly string[] Counted = ["max_lifetime", "max_subtree"];

    /// <param name="said">A readable array; null: none of its own.</param>
    /// <param name="parent">As it is stored; null: there is no hop before it.</param>
    /// <returns>Null: one of them is of a type that is not known here and would deny everything, or there are too many.</returns>
    public static Constraints? Of(JsonElement? said, string? parent)
    {
        var own = said is { } json ? Read(json) : Constraints.None;
        var inherited = Read(parent).All.Where(above => own.All.All(mine => mine.Key != above.Key || mine.Type != above.Type));
        return Constraints.TryRead(JsonElement.Parse($"[{string.Join(',', own.All.Concat(inherited).Select(constraint => constraint.Json))}]"), out var all, out _)
            && all.Unknown is null && !all.All.Any(constraint => Counted.Contains(constraint.Type)) ? all : null;
    }

    public static bool IsWider(Constraints bounds, string? parent) => !Constraints.IsNarrower(Read(parent), bounds);

    /// <summary>What is known of an action, by a constraint's key: its amount and currency, and whatever else the API says of it.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Stated(decimal? amount, string? currency, IReadOnlyDictionary<string, JsonElement>? other)
    {
        var stated = new Dictionary<string, JsonElement>(other ?? new Dictionary<string, JsonElement>(), StringComparer.Ordinal);
        if (amount is not null)
        {
            stated["amount"] = JsonSerializer.SerializeToElement(amount);
        }

        if (currency is not null)
        {
            stated["currency"] = JsonSerializer.SerializeToElement(currency);
        }

        return stated;
    }

    /// <summary>What a stored or signed text says; what cannot be read bounds everything.</summary>
    public static Constraints Read(string? text) => text is null ? Constraints.None : Read(JsonElement.Parse(text));

    private static Constraints Read(JsonElement json) =>
        Constraints.TryRead(json, out var read, out var fault) ? read : throw new InvalidOperationException($"Stored constraints cannot be read: {fault}");
}
