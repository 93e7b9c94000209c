using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Pages;

/// <summary>Scopes, and what they are for, in the reader's language: those that come with this server. What others described is shown as they wrote it.</summary>
internal static class ScopeWords
{
    public static string Title(ScopeLine line) => Title(line.Name, line.Title);

    /// <param name="title">As the API says it; null: nobody gave it one.</param>
    public static string Title(string name, string? title) => Names.Shown(Of(name)?.Title == title ? Texts.T(title!) : title ?? name);

    public static string Description(ScopeLine line) => Description(line.Name, line.Description);

    public static string Description(string name, string description) =>
        Of(name)?.Description == description || description == ScopeLine.Undescribed ? Texts.T(description) : description;

    public static string Category(string category) => category switch
    {
        "" => category,
        "agents" => Texts.T("Agents"),
        "calendar" => Texts.T("Calendar"),
        "credentials" => Texts.T("Credentials"),
        "database" => Texts.T("Database"),
        "delegations" => Texts.T("Delegations"),
        "email" => Texts.T("Email"),
        "files" => Texts.T("Files"),
        "identity" => Texts.T("Identity"),
        "messaging" => Texts.T("Messaging"),
        "other" => Texts.T("Other"),
        "payments" => Texts.T("Payments"),
        "policies" => Texts.T("Policies"),
        "profile" => Texts.T("Profile"),
        "social" => Texts.T("Social"),
        "tokens" => Texts.T("Tokens"),
        "vault" => Texts.T("Vault"),
        "github" => "GitHub",
        "api" or "crm" or "mcp" => category.ToUpperInvariant(),
        _ => char.ToUpperInvariant(category[0]) + category[1..].Replace('_', ' '),
    };

    /// <summary>What the scopes are for.</summary>
    public static string Resource(ResourceServer resource) => resource.DisplayName switch
    {
        OwnResources.ToolsName => Texts.T("AuthServer's tools"),
        OwnResources.ConnectionsName => Texts.T("AuthServer's connections"),
        var name => Names.Shown(name),
    };

    private static ScopeLine? Of(string name) => PredefinedScopes.ByName.GetValueOrDefault(name);
}
