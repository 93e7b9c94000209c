using AuthServer.Vault.Providers;

namespace AuthServer.Pages.Developer.Providers;

/// <summary>What the pages of providers say in words.</summary>
internal static class ProviderPages
{
    /// <summary>A word of the format, as people write it: <c>project_management</c>.</summary>
    public static string Words(string word) => word switch
    {
        "ai" => "AI",
        "crm" => "CRM",
        _ => char.ToUpperInvariant(word[0]) + word[1..].Replace('_', ' '),
    };

    public static string Words(AuthType type) => type == AuthType.Oauth2 ? "Linked accounts" : "API keys";

    /// <summary>Scopes that do this much, with a heading.</summary>
    public static IEnumerable<(string Heading, ScopeItem[] Scopes)> Grouped(IReadOnlyList<ScopeItem> scopes) =>
        from access in Enum.GetValues<ScopeAccess>()
        let those = scopes.Where(scope => scope.Access == access).ToArray()
        where those.Length > 0
        select (access switch { ScopeAccess.Read => "Only look", ScopeAccess.Write => "Change things", _ => "Administer" }, those);

    /// <summary>The presets that there are, by what people call them.</summary>
    public static IEnumerable<(string Label, IReadOnlyList<string> Scopes)> Presets(ScopePresets presets) =>
        new[] { ("Read-only", presets.ReadOnly), ("Read and write", presets.ReadWrite), ("Admin", presets.Admin) }
            .Concat(presets.Specific.Select(preset => (preset.Label, preset.Scopes))).Where(preset => preset.Item2.Count > 0);
}
