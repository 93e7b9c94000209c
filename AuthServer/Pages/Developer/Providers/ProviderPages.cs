using AuthServer.Vault.Providers;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Providers;

/// <summary>What the pages of providers say in words. What a definition says is said in the reader's language where it comes with this server, and as it was written where it is an organization's own.</summary>
internal static class ProviderPages
{
    /// <summary>A word of the format, as people write it: <c>project_management</c>.</summary>
    public static string Words(string word) => word switch
    {
        "ai" => T("AI"),
        "communication" => T("Communication"),
        "crm" => T("CRM"),
        "design" => T("Design"),
        "developer" => T("Development"),
        "finance" => T("Finance"),
        "monitoring" => T("Monitoring"),
        "productivity" => T("Productivity"),
        "project_management" => T("Project management"),
        "storage" => T("Storage"),
        "support" => T("Support"),
        _ => Names.Capital(word.Replace('_', ' ')),
    };

    public static string Words(AuthType type) => type == AuthType.Oauth2 ? T("Linked accounts") : T("API keys");

    /// <summary>Scopes that do this much, with a heading.</summary>
    public static IEnumerable<(string Heading, ScopeItem[] Scopes)> Grouped(IReadOnlyList<ScopeItem> scopes) =>
        from access in Enum.GetValues<ScopeAccess>()
        let those = scopes.Where(scope => scope.Access == access).ToArray()
        where those.Length > 0
        select (access switch { ScopeAccess.Read => T("Only look"), ScopeAccess.Write => T("Change things"), _ => T("Administer") }, those);

    /// <summary>The presets that there are, by what people call them.</summary>
    public static IEnumerable<(string Label, IReadOnlyList<string> Scopes)> Presets(ScopePresets presets) =>
        new[] { (T("Read-only"), presets.ReadOnly), (T("Read and write"), presets.ReadWrite), (T("Admin"), presets.Admin) }
            .Concat(presets.Specific.Select(preset => (T(preset.Label), preset.Scopes))).Where(preset => preset.Item2.Count > 0);
}
