using System.Buffers.Text;
using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Keys;
using AuthServer.Protocol;

namespace AuthServer.Configuration;

/// <summary>One demo person, client and API, in Development. Their secrets come from this installation's master key: random, and the same at each start.</summary>
public sealed class Demo(MasterKey master, IssuerUri issuer)
{
    public const string ClientId = "demo";
    public const string Scope = "notes.read";

    public string ClientSecret => Base64Url.EncodeToString(master.Derive("demo-client-secret"));

    public AuthServerOptions.UserSettings Person => new()
    {
        Email = "demo@example.com",
        Name = "Demo Person",
        Password = Base64Url.EncodeToString(master.Derive("demo-password").AsSpan(0, 15)),
    };

    public string ResourceUrl => issuer.At("/demo-api");

    public IReadOnlyList<AuthServerOptions.ResourceSettings> Resources =>
        [new() { Url = ResourceUrl, DisplayName = "Demo notes", Scopes = [Scope] }];

    public IReadOnlyList<ApplicationSettings> Clients =>
    [
        new()
        {
            ClientId = ClientId,
            ClientSecret = ClientSecret,
            DisplayName = "Demo application",
            GrantTypes = [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken, GrantTypes.ClientCredentials],
            RedirectUris = [issuer.At("/"), "http://127.0.0.1/callback"],
            PostLogoutRedirectUris = [issuer.At("/")],
            Scopes = ["profile", "email", Scope],
            Resources = [ResourceUrl],
            Audiences = [ResourceUrl],
        },
    ];
}
