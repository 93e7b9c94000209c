using System.Net;
using System.Security.Cryptography;

namespace AuthServer.Bench.Servers;

/// <summary>AuthServer with its default database and rate limits, and the clients that the bench needs, in a new home.</summary>
internal static class RealServer
{
    public const string Resource = "https://api.bench.test";
    public const string Scope = "bench.read";
    public const string MachineId = "bench-machine";
    public const string WebId = "bench-web";
    public const string ApiId = "bench-api";
    public const string Email = "bench@example.com";

    /// <summary>Nothing listens there: the code is read from the redirect itself.</summary>
    public const string Callback = "http://127.0.0.1:9/callback";

    public static string Secret { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    public static string DatabaseIn(string home) => Path.Combine(home, "data", "authserver.db");

    /// <param name="more">Settings as environment variables, above the others.</param>
    public static Task<ChildServer> StartAsync(string assembly, string home, IPEndPoint address, IReadOnlyDictionary<string, string>? more = null)
    {
        var settings = Settings(home, address);
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            settings[name] = value;
        }

        return ChildServer.StartAsync(address, assembly, [], settings, "/health/ready");
    }

    public static Dictionary<string, string> Settings(string home, IPEndPoint address) => new()
    {
        // Users from configuration exist in Development only.
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["Urls"] = $"http://{address}",
        ["AuthServer__Home"] = home,
        ["AuthServer__Issuer"] = $"http://{address}",
        ["AuthServer__Demo"] = "false",
        ["Logging__LogLevel__Default"] = "Warning",
        ["AuthServer__Users__0__Email"] = Email,
        ["AuthServer__Users__0__Password"] = Secret,
        ["AuthServer__Users__0__Name"] = "Bench Person",
        ["AuthServer__Resources__0__Url"] = Resource,
        ["AuthServer__Resources__0__DisplayName"] = "Bench API",
        ["AuthServer__Resources__0__Scopes__0"] = Scope,
        ["AuthServer__Resources__0__ClientId"] = ApiId,
        ["AuthServer__Resources__0__ClientSecret"] = Secret,
        ["AuthServer__Clients__0__ClientId"] = MachineId,
        ["AuthServer__Clients__0__ClientSecret"] = Secret,
        ["AuthServer__Clients__0__ClientType"] = "confidential",
        ["AuthServer__Clients__0__GrantTypes__0"] = "client_credentials",
        ["AuthServer__Clients__0__Scopes__0"] = Scope,
        ["AuthServer__Clients__0__Resources__0"] = Resource,
        ["AuthServer__Clients__1__ClientId"] = WebId,
        ["AuthServer__Clients__1__ClientSecret"] = Secret,
        ["AuthServer__Clients__1__ClientType"] = "confidential",
        ["AuthServer__Clients__1__ConsentType"] = "explicit",
        ["AuthServer__Clients__1__DisplayName"] = "Bench Web",
        ["AuthServer__Clients__1__RedirectUris__0"] = Callback,
        ["AuthServer__Clients__1__GrantTypes__0"] = "authorization_code",
        ["AuthServer__Clients__1__GrantTypes__1"] = "refresh_token",
        ["AuthServer__Clients__1__Scopes__0"] = "openid",
        ["AuthServer__Clients__1__Scopes__1"] = "offline_access",
        ["AuthServer__Clients__1__Scopes__2"] = Scope,
        ["AuthServer__Clients__1__Resources__0"] = Resource,
    };
}
