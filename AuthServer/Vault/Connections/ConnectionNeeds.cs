using AuthServer.Languages;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>What a connection still lacks before calls can be made by it.</summary>
public sealed class ConnectionNeeds(ConnectionApps apps)
{
    /// <summary>By path, each with a sentence.</summary>
    /// <param name="provider">Null: the catalogue has it no more.</param>
    /// <param name="held">The names of the secret's parts.</param>
    public IReadOnlyDictionary<string, Sentence[]> Of(Connection row, Provider? provider, IReadOnlyList<string> held)
    {
        var missing = new SortedDictionary<string, Sentence[]>(StringComparer.Ordinal);
        if (provider is null || (row.Auth == ConnectionAuth.ApiKey ? provider.ApiKey is null : provider.Oauth is null))
        {
            missing["provider"] = ["The catalogue has no such provider any more, or not with this way of connecting."];
            return missing;
        }

        if (row.Auth == ConnectionAuth.ApiKey)
        {
            foreach (var field in provider.ApiKey!.Fields.Where(field => !held.Contains(field.Name)))
            {
                missing[$"credentials.{field.Name}"] = [Sentence.Of("{0} is missing.", field.Label)];
            }
        }
        else if (RefuseApp(row, provider, held) is var (path, sentence))
        {
            missing[path] = [sentence];
        }

        var settings = row.ReadSettings();
        foreach (var field in provider.Fields.Where(field => field is { Required: true, IsOfAccount: false, Default: null }
            && !settings.Fields.ContainsKey(field.Name) && (field.Name != ConnectionField.ApiVersion || settings.ApiVersion is null)))
        {
            missing[$"settings.fields.{field.Name}"] = [Sentence.Of("{0} is missing.", field.Label)];
        }

        return missing;
    }

    private (string Path, string Sentence)? RefuseApp(Connection row, Provider provider, IReadOnlyList<string> held)
    {
        if (row.ClientId is null)
        {
            return apps.FindShared(row, provider) is not null ? null
                : ("credentials.client_id", "This installation has no shared app for this: register one at the provider and give its client id.");
        }

        return provider.Oauth is { Flow: OAuthFlow.Code } oauth && !oauth.Token.ClientAuthentication.Contains(ClientAuthentication.None) && !held.Contains(ConnectionSecret.ClientSecretName)
            ? ("credentials.client_secret", "The app's client secret is missing.")
            : null;
    }
}
