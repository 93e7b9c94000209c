namespace AuthServer.Vault.Connections;

/// <summary>A key as <c>/credentials</c> names it: a part of the API key of one provider.</summary>
/// <param name="Field">As the provider's definition calls it.</param>
public sealed record ProviderKeyName(string Name, string Provider, string Field)
{
    /// <summary>All that there are.</summary>
    public static readonly IReadOnlyList<ProviderKeyName> All =
    [
        new("openaiApiKey", "openai", "api_key"),
        new("anthropicApiKey", "anthropic", "api_key"),
        new("googleApiKey", "google_ai", "api_key"),
        new("sendgridApiKey", "sendgrid", "api_key"),
        new("twilioAccountSid", "twilio", "account_sid"),
        new("twilioAuthToken", "twilio", "auth_token"),
        new("datadogApiKey", "datadog", "api_key"),
        new("datadogApplicationKey", "datadog", "application_key"),
        new("airtableApiKey", "airtable", "api_key"),
        new("asanaApiKey", "asana", "api_key"),
        new("bitbucketEmail", "bitbucket", "email"),
        new("bitbucketApiToken", "bitbucket", "api_token"),
        new("figmaApiKey", "figma", "api_key"),
        new("githubApiKey", "github", "api_key"),
        new("gitlabApiKey", "gitlab", "api_key"),
        new("hubspotApiKey", "hubspot", "api_key"),
        new("intercomApiKey", "intercom", "api_key"),
        new("jiraEmail", "jira", "email"),
        new("jiraApiToken", "jira", "api_token"),
        new("jiraSite", "jira", "site"),
        new("linearApiKey", "linear", "api_key"),
        new("mondayApiKey", "monday", "api_key"),
        new("notionApiKey", "notion", "api_key"),
        new("pagerdutyApiKey", "pagerduty", "api_key"),
        new("stripeApiKey", "stripe", "api_key"),
        new("trelloApiKey", "trello", "api_key"),
        new("trelloMemberToken", "trello", "member_token"),
        new("vercelApiKey", "vercel", "api_key"),
    ];

    public static ProviderKeyName? Find(string name) => All.FirstOrDefault(known => known.Name == name);

    /// <summary><c>hasOpenaiApiKey</c></summary>
    public string HasName => $"has{char.ToUpperInvariant(Name[0])}{Name[1..]}";

    /// <summary><c>openaiApiKeyLast4</c></summary>
    public string Last4Name => Name + "Last4";
}
