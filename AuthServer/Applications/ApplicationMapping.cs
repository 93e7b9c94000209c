using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Applications;

/// <summary>Reads an application's row, in OpenIddict's vocabulary, as the protocol's client; and the other way round.</summary>
public static class ApplicationMapping
{
    public const string GrantPrefix = "gt:";
    public const string ScopePrefix = "scp:";
    public const string ResourcePrefix = "rsrc:";
    public const string RequiresPkce = "ft:pkce";

    /// <summary>Words of <see cref="ApplicationExtras.Introduction"/>.</summary>
    public const string Registered = "registered";
    public const string Document = "document";

    private const string AccessTokenLifetime = "tkn_lft:act";
    private const string IdTokenLifetime = "tkn_lft:idt";
    private const string RefreshTokenLifetime = "tkn_lft:reft";

    /// <param name="secrets">Those that this server generated for it.</param>
    /// <param name="agent">The agent that it is.</param>
    public static Client ToClient(
        OpenIddictApplication row, IEnumerable<ClientSecret> secrets, AgentIdentity? agent, AuthServerOptions.TokenOptions defaults)
    {
        var extras = ApplicationExtras.Read(row.Properties);
        var permissions = Strings(row.Permissions);

        // Anything but a declared public client must prove itself: fail closed.
        var isPublic = row.ClientType == "public";
        var introduction = extras.Introduction switch
        {
            Registered => ClientIntroduction.Registered,
            Document => ClientIntroduction.Document,
            _ => ClientIntroduction.Entered,
        };
        return new Client
        {
            Id = row.Id,
            ClientId = row.ClientId ?? "",
            ConcurrencyToken = row.ConcurrencyToken ?? "",
            DisplayName = row.DisplayName,
            IsPublic = isPublic,
            Introduction = introduction,
            IsNative = row.ApplicationType == "native",
            ConsentType = row.ConsentType switch
            {
                "implicit" => ConsentType.Implicit,
                "external" => ConsentType.External,
                "systematic" => ConsentType.Systematic,
                _ => ConsentType.Explicit,
            },
            RedirectUris = Strings(row.RedirectUris),
            PostLogoutRedirectUris = Strings(row.PostLogoutRedirectUris),
            GrantTypes = Permitted(permissions, GrantPrefix),
            Scopes = Permitted(permissions, ScopePrefix),
            Resources = Permitted(permissions, ResourcePrefix),
            Audiences = extras.Audiences.ToFrozenSet(StringComparer.Ordinal),
            RequiresPkce = isPublic || Strings(row.Requirements).Contains(RequiresPkce),
            RequiresDPoP = extras.RequiresDPoP,
            AuthenticationMethod = extras.AuthenticationMethod,
            SecretHash = row.ClientSecret,
            Secrets = [.. secrets.Select(secret => new GeneratedSecret(secret.Id, secret.Hash, secret.ExpiresAt))],
            Agent = agent,
            JsonWebKeySet = row.JsonWebKeySet,
            JsonWebKeySetUri = extras.JsonWebKeySetUri,
            KeyThumbprint = agent is null ? null : ClientKeys.ThumbprintOf(row.JsonWebKeySet ?? extras.BindingKeys),
            IdTokenAlgorithm = extras.IdTokenAlgorithm ?? "RS256",
            Lifetimes = Lifetimes(row, extras, isPublic, defaults),
        };
    }

    public static string[] Strings(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, ApplicationJson.Default.StringArray) ?? [];

    public static string? Json(IEnumerable<string> values) =>
        values.ToArray() is { Length: > 0 } array ? JsonSerializer.Serialize(array, ApplicationJson.Default.StringArray) : null;

    /// <summary>The permissions that OpenIddict needs for the same rights.</summary>
    public static IEnumerable<string> Permissions(ApplicationSettings settings)
    {
        yield return "ept:token";
        yield return "ept:introspection";
        yield return "ept:revocation";
        if (settings.GrantTypes.Contains(Protocol.GrantTypes.AuthorizationCode))
        {
            yield return "ept:authorization";
            yield return "ept:end_session";
            yield return "rst:code";
        }

        foreach (var permission in settings.GrantTypes.Select(type => GrantPrefix + type)
            .Concat(settings.Scopes.Select(scope => ScopePrefix + scope))
            .Concat(settings.Resources.Select(resource => ResourcePrefix + (ResourceServer.Canonical(resource) ?? resource))))
        {
            yield return permission;
        }
    }

    /// <summary>The scopes that it may ask for, as they were named.</summary>
    public static string[] Scopes(OpenIddictApplication row) => ScopesOf(row.Permissions);

    /// <summary>The same, of its permissions as they are stored.</summary>
    public static string[] ScopesOf(string? permissions) =>
        [.. Strings(permissions is "" ? null : permissions).Where(p => p.StartsWith(ScopePrefix, StringComparison.Ordinal)).Select(p => p[ScopePrefix.Length..])];

    /// <summary>The resources that it may ask for.</summary>
    public static string[] Resources(OpenIddictApplication row) =>
        [.. Strings(row.Permissions).Where(p => p.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Select(p => p[ResourcePrefix.Length..])];

    public static string? Settings(ApplicationSettings settings) => settings.AccessTokenLifetime is { } lifetime
        ? JsonSerializer.Serialize(
            new Dictionary<string, string> { [AccessTokenLifetime] = lifetime.ToString("c", CultureInfo.InvariantCulture) },
            ApplicationJson.Default.DictionaryStringString)
        : null;

    private static FrozenSet<string> Permitted(string[] permissions, string prefix) =>
        permissions.Where(p => p.StartsWith(prefix, StringComparison.Ordinal)).Select(p => p[prefix.Length..]).ToFrozenSet(StringComparer.Ordinal);

    private static TokenLifetimes Lifetimes(
        OpenIddictApplication row, ApplicationExtras extras, bool isPublic, AuthServerOptions.TokenOptions defaults)
    {
        var settings = row.Settings is null ? null : JsonSerializer.Deserialize(row.Settings, ApplicationJson.Default.DictionaryStringString);
        TimeSpan? Setting(string name) =>
            settings?.GetValueOrDefault(name) is { } text && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var span) ? span : null;

        // OpenIddict's refresh lifetime slides, which is what the idle limit is.
        var idle = extras.RefreshIdle ?? Setting(RefreshTokenLifetime) ?? defaults.RefreshIdle;
        return new TokenLifetimes(
            defaults.Code,
            Setting(AccessTokenLifetime) is { } own && own < TimeSpan.FromDays(1) ? own : defaults.AccessToken,
            Setting(IdTokenLifetime) ?? defaults.IdToken,
            idle == TimeSpan.Zero ? null : idle,
            extras.RefreshAbsolute ?? defaults.RefreshAbsolute,
            extras.RefreshGrace ?? (isPublic ? defaults.RefreshGrace : TimeSpan.Zero));
    }
}
