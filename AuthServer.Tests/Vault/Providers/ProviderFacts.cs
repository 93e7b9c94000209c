namespace AuthServer.Tests.Vault.Providers;

/// <summary>What is known of the providers from their own documents, written down apart from their definitions.</summary>
internal static class ProviderFacts
{
    /// <summary>Authorize, token endpoint, body, separators of the request and of the answer, whether scopes are sent, PKCE, client authentication, refresh, seconds of an access
    /// token where nothing tells, API, revocation.</summary>
    public const string Oauth = """
        gmail | https://accounts.google.com/o/oauth2/v2/auth | https://oauth2.googleapis.com/token | form | space | space | yes | supported | post/basic | always | 3600 | https://gmail.googleapis.com | POST https://oauth2.googleapis.com/revoke
        google_calendar | https://accounts.google.com/o/oauth2/v2/auth | https://oauth2.googleapis.com/token | form | space | space | yes | supported | post/basic | always | 3600 | https://www.googleapis.com/calendar/v3 | POST https://oauth2.googleapis.com/revoke
        google_drive | https://accounts.google.com/o/oauth2/v2/auth | https://oauth2.googleapis.com/token | form | space | space | yes | supported | post/basic | always | 3600 | https://www.googleapis.com/drive/v3 | POST https://oauth2.googleapis.com/revoke
        google_workspace | https://accounts.google.com/o/oauth2/v2/auth | https://oauth2.googleapis.com/token | form | space | space | yes | supported | post/basic | always | 3600 | https://www.googleapis.com | POST https://oauth2.googleapis.com/revoke
        outlook | https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize | https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token | form | space | space | yes | supported | post/basic/private_key_jwt | always | 3600 | https://graph.microsoft.com/v1.0 | -
        microsoft_teams | https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize | https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token | form | space | space | yes | supported | post/basic/private_key_jwt | always | 3600 | https://graph.microsoft.com/v1.0 | -
        microsoft_calendar | https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize | https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token | form | space | space | yes | supported | post/basic/private_key_jwt | always | 3600 | https://graph.microsoft.com/v1.0 | -
        onedrive | https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize | https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token | form | space | space | yes | supported | post/basic/private_key_jwt | always | 3600 | https://graph.microsoft.com/v1.0 | -
        slack | https://slack.com/oauth/v2/authorize | https://slack.com/api/oauth.v2.access | form | comma | comma | yes | opt_in | basic/post | conditional | - | https://slack.com/api | POST https://slack.com/api/auth.revoke
        discord | https://discord.com/oauth2/authorize | https://discord.com/api/oauth2/token | form | space | space | yes | public_only | basic/post | always | 604800 | https://discord.com/api/v10 | POST https://discord.com/api/oauth2/token/revoke
        notion | https://api.notion.com/v1/oauth/authorize | https://api.notion.com/v1/oauth/token | json | space | space | no | unsupported | basic | always | - | https://api.notion.com/v1 | POST https://api.notion.com/v1/oauth/revoke
        jira | https://auth.atlassian.com/authorize | https://auth.atlassian.com/oauth/token | json | space | space | yes | undocumented | post | always | 3600 | https://api.atlassian.com/ex/jira/{cloud_id}/rest/api/3 | -
        asana | https://app.asana.com/-/oauth_authorize | https://app.asana.com/-/oauth_token | form | space | space | yes | supported | post | always | 3600 | https://app.asana.com/api/1.0 | POST https://app.asana.com/-/oauth_revoke
        trello | https://trello.com/1/authorize | - | form | comma | space | yes | unsupported | none | never | - | https://api.trello.com/1 | DELETE https://api.trello.com/1/tokens/{access_token}
        monday | https://auth.monday.com/oauth2/authorize | https://auth.monday.com/oauth2/token | form | space | space | yes | supported | post/basic | conditional | - | https://api.monday.com/v2 | -
        linear | https://linear.app/oauth/authorize | https://api.linear.app/oauth/token | form | comma | space | yes | supported | post/basic | always | 86400 | https://api.linear.app/graphql | POST https://api.linear.app/oauth/revoke
        github | https://github.com/login/oauth/authorize | https://github.com/login/oauth/access_token | form | space | comma | yes | supported | post | conditional | - | https://api.github.com | DELETE https://api.github.com/applications/{client_id}/token
        gitlab | https://{host}/oauth/authorize | https://{host}/oauth/token | form | space | space | yes | supported | post/basic | always | 7200 | https://{host}/api/v4 | POST https://{host}/oauth/revoke
        bitbucket | https://bitbucket.org/site/oauth2/authorize | https://bitbucket.org/site/oauth2/access_token | form | space | space | no | unsupported | basic | always | 7200 | https://api.bitbucket.org/2.0 | -
        figma | https://www.figma.com/oauth | https://api.figma.com/v1/oauth/token | form | space | space | yes | supported | basic/post | always | 7776000 | https://api.figma.com | -
        vercel | https://vercel.com/oauth/authorize | https://api.vercel.com/login/oauth/token | form | space | space | yes | required | post/basic/none | always | 3600 | https://api.vercel.com | POST https://api.vercel.com/login/oauth/token/revoke
        salesforce | https://{login_host}/services/oauth2/authorize | https://{login_host}/services/oauth2/token | form | space | space | yes | supported | post/basic/private_key_jwt | always | - | {instance_url}/services/data/v{api_version} | POST https://{login_host}/services/oauth2/revoke
        hubspot | https://app.hubspot.com/oauth/authorize | https://api.hubapi.com/oauth/v3/token | form | space | space | yes | supported | post | always | 1800 | https://api.hubapi.com | DELETE https://api.hubapi.com/oauth/v1/refresh-tokens/{refresh_token}
        stripe | https://connect.stripe.com/oauth/authorize | https://connect.stripe.com/oauth/token | form | space | space | yes | unsupported | post | conditional | - | https://api.stripe.com | POST https://connect.stripe.com/oauth/deauthorize
        dropbox | https://www.dropbox.com/oauth2/authorize | https://api.dropboxapi.com/oauth2/token | form | space | space | yes | supported | post/basic | always | 14400 | https://api.dropboxapi.com/2 | POST https://api.dropboxapi.com/2/auth/token/revoke
        zoom | https://zoom.us/oauth/authorize | https://zoom.us/oauth/token | form | space | space | yes | supported | basic | always | 3600 | https://api.zoom.us/v2 | POST https://zoom.us/oauth/revoke
        pagerduty | https://identity.pagerduty.com/oauth/authorize | https://identity.pagerduty.com/oauth/token | form | space | space | yes | supported | post | always | - | https://api.pagerduty.com | -
        airtable | https://airtable.com/oauth2/v1/authorize | https://airtable.com/oauth2/v1/token | form | space | space | yes | required | basic/none | always | 3600 | https://api.airtable.com/v0 | -
        intercom | https://app.intercom.com/oauth | https://api.intercom.io/auth/eagle/token | form | space | space | no | unsupported | post | never | - | https://api.intercom.io | POST https://api.intercom.io/auth/uninstall
        """;

    /// <summary>Parts of the key, where they go, how the first one begins, API, test. A | of a pattern is written as /.</summary>
    public const string Keys = """
        notion | api_key | Authorization=Bearer {api_key} | ^(ntn_/secret_) | https://api.notion.com/v1 | GET https://api.notion.com/v1/users/me
        jira | email, api_token | basic {email}={api_token} | - | https://{site}.atlassian.net | GET https://{site}.atlassian.net/rest/api/3/myself
        asana | api_key | Authorization=Bearer {api_key} | - | https://app.asana.com/api/1.0 | GET https://app.asana.com/api/1.0/users/me
        trello | api_key, member_token | Authorization=OAuth oauth_consumer_key="{api_key}", oauth_token="{member_token}" | - | https://api.trello.com/1 | GET https://api.trello.com/1/members/me
        monday | api_key | Authorization={api_key} | - | https://api.monday.com/v2 | POST https://api.monday.com/v2
        linear | api_key | Authorization={api_key} | ^lin_api_ | https://api.linear.app/graphql | POST https://api.linear.app/graphql
        github | api_key | Authorization=Bearer {api_key} | ^(ghp_/github_pat_) | https://api.github.com | GET https://api.github.com/user
        gitlab | api_key | PRIVATE-TOKEN={api_key} | ^glpat- | https://gitlab.com/api/v4 | GET https://gitlab.com/api/v4/user
        bitbucket | email, api_token | basic {email}={api_token} | - | https://api.bitbucket.org/2.0 | GET https://api.bitbucket.org/2.0/user
        figma | api_key | X-Figma-Token={api_key} | ^figd_ | https://api.figma.com | GET https://api.figma.com/v1/me
        vercel | api_key | Authorization=Bearer {api_key} | - | https://api.vercel.com | GET https://api.vercel.com/v2/user
        hubspot | api_key | Authorization=Bearer {api_key} | ^pat- | https://api.hubapi.com | GET https://api.hubapi.com/account-info/v3/details
        stripe | api_key | Authorization=Bearer {api_key} | ^(sk/rk)_(live/test)_ | https://api.stripe.com | GET https://api.stripe.com/v1/account
        openai | api_key | Authorization=Bearer {api_key} | ^sk- | https://api.openai.com/v1 | GET https://api.openai.com/v1/models
        anthropic | api_key | x-api-key={api_key} | ^sk-ant- | https://api.anthropic.com/v1 | GET https://api.anthropic.com/v1/models?limit=1
        google_ai | api_key | x-goog-api-key={api_key} | ^(AIza/AQ\.) | https://generativelanguage.googleapis.com/v1beta | GET https://generativelanguage.googleapis.com/v1beta/models?pageSize=1
        sendgrid | api_key | Authorization=Bearer {api_key} | ^SG\. | https://api.sendgrid.com/v3 | GET https://api.sendgrid.com/v3/scopes
        twilio | account_sid, auth_token | basic {account_sid}={auth_token} | - | https://api.twilio.com/2010-04-01 | GET https://api.twilio.com/2010-04-01/Accounts/{account_sid}.json
        datadog | api_key, application_key | DD-API-KEY={api_key} DD-APPLICATION-KEY={application_key} | - | https://api.datadoghq.com/api | GET https://api.datadoghq.com/api/v1/validate
        pagerduty | api_key | Authorization=Token token={api_key} | - | https://api.pagerduty.com | GET https://api.pagerduty.com/abilities
        airtable | api_key | Authorization=Bearer {api_key} | ^pat | https://api.airtable.com/v0 | GET https://api.airtable.com/v0/meta/whoami
        intercom | api_key | Authorization=Bearer {api_key} | - | https://api.intercom.io | GET https://api.intercom.io/me
        """;

    public static string[][] Of(string table) => [.. table.Split('\n').Select(line => line.Split(" | "))];
}
