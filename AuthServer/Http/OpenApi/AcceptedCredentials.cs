namespace AuthServer.Http.OpenApi;

/// <summary>An endpoint's metadata: how its caller says who they are. Each scheme alone is enough.</summary>
/// <param name="Schemes">Of <see cref="SecuritySchemes"/>.</param>
/// <param name="Optional">Nobody in particular may call it too.</param>
public sealed record AcceptedCredentials(IReadOnlyList<string> Schemes, bool Optional = false)
{
    /// <summary>Whoever acts for an organization.</summary>
    public static IReadOnlyList<string> OfDevelopers { get; } = [SecuritySchemes.DeveloperKey, SecuritySchemes.Token, SecuritySchemes.Session];

    /// <summary>Whoever acts for themselves.</summary>
    public static IReadOnlyList<string> OfPeople { get; } = [SecuritySchemes.Token, SecuritySchemes.Session];
}
