using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol;

namespace AuthServer.Scopes;

/// <summary>The client by which an organization's API introspects its tokens. It can get none itself.</summary>
internal static class ResourceCredential
{
    private const string ClientIdPrefix = "rsc_";

    /// <returns>The client, and its secret, which is stored as a hash only.</returns>
    public static (OpenIddictApplication Client, string Secret) Add(AuthDbContext context, ProtectedResource resource, DateTimeOffset now)
    {
        var client = new OpenIddictApplication
        {
            Id = Guid.NewGuid().ToString(),
            ClientId = Identifiers.New(ClientIdPrefix, now),
            ApplicationType = "web",
            ClientType = "confidential",
            ConsentType = "explicit",
            DisplayName = resource.DisplayName,
            Permissions = ApplicationMapping.Json(["ept:introspection"]),
            Properties = new ApplicationExtras { Audiences = [resource.Uri] }.WriteTo(null),
            ConcurrencyToken = Guid.NewGuid().ToString(),
        };
        var (secret, row) = ClientSecret.Create(client.Id, now);
        context.Applications.Add(client);
        context.ClientSecrets.Add(row);
        resource.ApplicationId = client.Id;
        return (client, secret);
    }
}
