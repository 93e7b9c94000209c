using System.Text.Json;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Connections;

/// <summary>Says a whole configuration again, as a request would.</summary>
internal static class ConnectionReplay
{
    /// <summary>All but the status and the secret.</summary>
    public static ConnectionChange Of(ConnectionAuth auth, ConnectionSnapshot snapshot) => new()
    {
        Name = snapshot.Name,
        Description = snapshot.Description,
        Environment = snapshot.Environment,
        Credentials = auth == ConnectionAuth.OAuth2 ? new() { ["client_id"] = snapshot.ClientId } : [],
        Scopes = snapshot.Scopes.Count == 0 ? JsonElement.Parse("[]") : JsonSerializer.SerializeToElement(snapshot.Scopes, ApiJson.Options),
        Settings = Of(snapshot.Settings),
        IsDefault = snapshot.IsDefault,
        AllowRawTokens = snapshot.AllowRawTokens,
        ReturnCheck = snapshot.ReturnCheck,
        RotationDays = snapshot.RotationDays,
        RotationDueAt = snapshot.RotationDueAt,
        Access = new AccessChange { View = snapshot.Access.View, Edit = snapshot.Access.Edit, Use = snapshot.Access.Use },
    };

    private static SettingsChange Of(ConnectionSettings settings) => new()
    {
        AutoRefresh = settings.AutoRefresh,
        RefreshBuffer = settings.RefreshBuffer,
        TokenLifetime = settings.TokenLifetime,
        Timeout = settings.Timeout,
        RateLimit = settings.RateLimit,
        Retries = settings.Retries,
        UserAgent = settings.UserAgent,
        Headers = Entries(settings.Headers),
        Fields = Entries(settings.Fields),
        AuthorizationUrl = settings.AuthorizationUrl,
        TokenUrl = settings.TokenUrl,
        BaseUrl = settings.BaseUrl,
        ApiVersion = settings.ApiVersion,
        RedirectUri = settings.RedirectUri,
        ReturnUrls = settings.ReturnUrls,
        Key = settings.Key,
        Custom = Entries(settings.Custom),
    };

    private static Dictionary<string, string?> Entries(IReadOnlyDictionary<string, string> entries) =>
        entries.ToDictionary(entry => entry.Key, entry => (string?)entry.Value, StringComparer.Ordinal);
}
