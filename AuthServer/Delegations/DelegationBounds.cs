using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Jose;
using AuthServer.Policies.Engine.Rules;
using AuthServer.Protocol.Delegation;

namespace AuthServer.Delegations;

/// <summary>The constraints that a delegation has: its own, and those of the hop before it that it says nothing about.</summary>
internal static class DelegationBounds
{
    // Each is a counter that every action below takes from in one commit.
    private const int MostCounted = 8;

    /// <param name="said">A readable array; null: none of its own.</param>
    /// <param name="parent">As it is stored; null: there is no hop before it.</param>
    /// <returns>Or the refusal: one of them is of a type that is not known here and would deny everything, or there are too many.</returns>
    public static Answer<Constraints> Of(JsonElement? said, string? parent)
    {
        var own = said is { } json ? Read(json) : Constraints.None;
        var inherited = Read(parent).All.Where(above => own.All.All(mine => mine.Key != above.Key || mine.Type != above.Type));
        return !Constraints.TryRead(JsonElement.Parse($"[{string.Join(',', own.All.Concat(inherited).Select(constraint => constraint.Json))}]"), out var all, out _)
            || all.Counted.Count > MostCounted ? DelegationRefusal.Of("too_many_constraints")
            : all.Unknown is not null ? DelegationRefusal.Of("unknown_constraint")
            : all;
    }

    /// <summary>A sentence where a total could not be added up exactly; null: all can.</summary>
    public static string? Uncountable(Constraints constraints) =>
        constraints.Counted.Any(counted => counted.Ceiling is not { } ceiling || !Amounts.Usable(ceiling.Max))
            ? $"What is used in all is counted up to {Amounts.Most}, with at most {Amounts.Decimals} decimals." : null;

    /// <summary>The constraints of a delegated token; none where it has none.</summary>
    public static Constraints OfToken(JwtClaims claims)
    {
        if (!claims.TryGetJson("authorization_details", out var json))
        {
            return Constraints.None;
        }

        using var details = JsonDocument.Parse(json);
        return details.RootElement.EnumerateArray().Select(detail => detail.TryGetProperty("constraints", out var bounds) ? Read(bounds.GetRawText()) : Constraints.None)
            .FirstOrDefault() ?? Constraints.None;
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
