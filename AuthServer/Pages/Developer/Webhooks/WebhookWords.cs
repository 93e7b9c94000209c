using AuthServer.Webhooks;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Webhooks;

/// <summary>What webhooks are told of, in words.</summary>
internal static class WebhookWords
{
    /// <summary>What an event is about: a heading.</summary>
    public static string About(string name) => name.Split('.')[0] switch
    {
        "token" => T("Tokens"),
        "credential" => T("Keys and secrets"),
        "agent" => T("Agents"),
        "consent" => T("Consents"),
        "delegation" => T("Delegations"),
        "policy" => T("Policies"),
        "approval" => T("Approvals"),
        "branding" => T("Branding"),
        "certificate" => T("Certificates"),
        "provider" => T("Providers"),
        "connection" or "credentials" => T("Connections"),
        "account" => T("Connected accounts"),
        "developer_key" => T("Developer keys"),
        _ => T("Other"),
    };

    /// <summary>Of how much it hears.</summary>
    public static string Told(IReadOnlyCollection<string> events) => events.Count == WebhookEventKinds.Names.Count
        ? T("It is told everything.")
        : T("It is told of: {0}.", string.Join(", ", events.Select(About).Distinct(StringComparer.Ordinal)));
}
