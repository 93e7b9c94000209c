namespace AuthServer.Policies.Engine.Rules;

/// <summary>Whom a limit counts.</summary>
public enum LimitScope
{
    PerUser,
    PerAgent,
    PerOrganization,
}

internal static class LimitScopes
{
    public static readonly IReadOnlyDictionary<string, LimitScope> ByWord = new Dictionary<string, LimitScope>(StringComparer.Ordinal)
    {
        ["per_user"] = LimitScope.PerUser,
        ["per_agent"] = LimitScope.PerAgent,
        ["per_organization"] = LimitScope.PerOrganization,
    };

    public static string Word(LimitScope scope) => ByWord.First(pair => pair.Value == scope).Key;
}
