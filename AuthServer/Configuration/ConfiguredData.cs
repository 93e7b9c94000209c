using AuthServer.Applications;
using AuthServer.Scopes;

namespace AuthServer.Configuration;

/// <summary>Puts what the configuration names into the database at start: resources, clients, people, demo data.</summary>
public sealed class ConfiguredData(
    AuthServerSettings settings, ConfiguredResources resources, ConfiguredApplications applications, ConfiguredPeople people, Demo demo)
{
    /// <exception cref="StartRefusedException">A configured client's id belongs to somebody else.</exception>
    public async Task ApplyAsync(CancellationToken ct)
    {
        var options = settings.Options;
        var (demoClients, demoResources) = settings.Demo ? (demo.Clients, demo.Resources) : ([], []);
        await resources.ApplyAsync([.. options.Resources], [.. demoResources], ct);

        // A resource with a credential is a client too: the one by which the API introspects its tokens.
        var introspecting = options.Resources.Where(resource => !string.IsNullOrEmpty(resource.ClientId)).Select(resource => new ApplicationSettings
        {
            ClientId = resource.ClientId,
            ClientSecret = resource.ClientSecret,
            DisplayName = resource.DisplayName ?? resource.Url,
            Audiences = [resource.Url!],
        });
        await applications.ApplyAsync(Sources.Configuration, [.. options.Clients, .. introspecting], ct);
        await applications.ApplyAsync(Sources.Demo, [.. demoClients], ct);
        await people.ApplyAsync(ct);
    }
}
