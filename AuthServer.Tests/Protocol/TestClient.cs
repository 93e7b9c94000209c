using System.Collections.Frozen;
using System.Text;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;

namespace AuthServer.Tests.Protocol;

/// <summary>A confidential client that may do everything, and what it sends.</summary>
internal static class TestClient
{
    public const string Redirect = "https://client.example/callback";

    public static Client With(Func<Client, Client>? change = null)
    {
        var client = new Client
        {
            Id = "row",
            ClientId = "client",
            ConcurrencyToken = "token",
            IsPublic = false,
            RedirectUris = [Redirect],
            GrantTypes = new[] { GrantTypes.AuthorizationCode, GrantTypes.ClientCredentials, GrantTypes.RefreshToken }.ToFrozenSet(),
            Scopes = new[] { "read", "write", "profile" }.ToFrozenSet(),
            Lifetimes = Lifetimes(),
        };
        return change?.Invoke(client) ?? client;
    }

    public static TokenLifetimes Lifetimes() => new(
        TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15), TimeSpan.FromDays(7), TimeSpan.FromDays(30), TimeSpan.Zero);

    public static Parameters Form(string encoded) => Parameters.Parse(Encoding.UTF8.GetBytes(encoded)).Value!;
}
