using AuthServer.Policies.Engine;

namespace AuthServer.Consents;

/// <summary>One right that somebody holds of a person, and all who hold it.</summary>
/// <param name="Holders">Their names.</param>
public sealed record HeldRight(PersonalConsentScope Scope, IReadOnlyList<string> Holders)
{
    /// <summary>All rights together, by what they can do: the worst first. It is what could happen if everybody who acts for the person did all they may.</summary>
    public static IReadOnlyList<IGrouping<RiskLevel, HeldRight>> Of(IReadOnlyList<ActingConsents> acting) =>
    [
        .. acting.SelectMany(one => one.Scopes.Select(scope => (Scope: scope, one.Newest.Name)))
            .GroupBy(held => held.Scope.Name, StringComparer.Ordinal)
            .Select(group => new HeldRight(group.First().Scope, [.. group.Select(held => held.Name).Distinct(StringComparer.Ordinal)]))
            .GroupBy(right => right.Scope.RiskLevel)
            .OrderByDescending(group => group.Key),
    ];
}
