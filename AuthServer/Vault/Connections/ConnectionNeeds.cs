using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>What a connection still lacks before calls can be made by it.</summary>
internal static class ConnectionNeeds
{
    /// <summary>By path, each with a sentence.</summary>
    /// <param name="provider">Null: the catalogue has it no more.</param>
    public static IReadOnlyDictionary<string, string[]> Of(Connection row, Provider? provider, bool hasSharedApp, ConnectionSecret secret)
    {
        var missing = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        if (provider is null)
        {
            missing["provider"] = ["The catalogue has no such provider any more."];
            return missing;
        }

        if (row.Auth == ConnectionAuth.ApiKey)
        {
            foreach (var field in provider.ApiKey?.Fields.Where(field => !secret.Values.ContainsKey(field.Name)) ?? [])
            {
                missing[$"credentials.{field.Name}"] = [$"The {field.Label} is missing."];
            }
        }
        else
        {
            AddApp(missing, row, provider, hasSharedApp, secret);
        }

        var given = row.ReadSettings().Fields;
        foreach (var field in provider.Fields.Where(field => field is { Required: true, IsOfAccount: false, Default: null } && !given.ContainsKey(field.Name)))
        {
            missing[$"settings.fields.{field.Name}"] = [$"The {field.Label} is missing."];
        }

        return missing;
    }

    private static void AddApp(SortedDictionary<string, string[]> missing, Connection row, Provider provider, bool hasSharedApp, ConnectionSecret secret)
    {
        if (row.ClientId is null)
        {
            if (!hasSharedApp)
            {
                missing["credentials.client_id"] = ["This installation has no shared app of this provider: register one there and give its client id."];
            }

            return;
        }

        var needsSecret = provider.Oauth is { Flow: OAuthFlow.Code } oauth
            && oauth.Token.ClientAuthentication.All(way => way is ClientAuthentication.Basic or ClientAuthentication.Post or ClientAuthentication.PrivateKeyJwt);
        if (needsSecret && secret.ClientSecret is null)
        {
            missing["credentials.client_secret"] = ["The app's client secret is missing."];
        }
    }
}
