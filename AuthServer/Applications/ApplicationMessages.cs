using AuthServer.Data.OpenIddict;
using AuthServer.Http.Api;

namespace AuthServer.Applications;

/// <summary>What may be said of an application at any time; what is left out stays as it is.</summary>
public class ApplicationChange
{
    public string? Name { get; set; }

    /// <summary>https, or http on loopback; of native ones also a scheme of their own.</summary>
    public IReadOnlyList<string?>? RedirectUris { get; set; }

    public IReadOnlyList<string?>? PostLogoutRedirectUris { get; set; }

    /// <summary>Known to the organization, as of agents.</summary>
    public IReadOnlyList<string?>? Scopes { get; set; }

    /// <summary>URLs of the organization's own APIs that it may ask tokens for.</summary>
    public IReadOnlyList<string?>? Resources { get; set; }
}

/// <summary>An application to be made.</summary>
public sealed class NewApplication : ApplicationChange
{
    /// <summary>web, browser, native or machine. It stays what it is.</summary>
    public ApplicationKind? Kind { get; set; }
}

/// <summary>An application as its organization sees it.</summary>
/// <param name="ClientId"><c>app_…</c>; its id here too.</param>
/// <param name="Status">active, disabled or removed.</param>
public record ApplicationItem(
    string Id,
    string ClientId,
    string Name,
    ApplicationKind Kind,
    string ClientType,
    IReadOnlyList<string> GrantTypes,
    IReadOnlyList<string> RedirectUris,
    IReadOnlyList<string> PostLogoutRedirectUris,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Resources,
    string Status,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? RemovedAt,
    string Version) : IVersioned
{
    internal static ApplicationItem Of(OrganizationApplication owned, OpenIddictApplication row) => new(
        row.ClientId ?? "",
        row.ClientId ?? "",
        row.DisplayName ?? "",
        owned.Kind,
        row.ClientType ?? "",
        ApplicationRules.GrantTypesOf(owned.Kind),
        ApplicationMapping.Strings(row.RedirectUris),
        ApplicationMapping.Strings(row.PostLogoutRedirectUris),
        ApplicationMapping.Scopes(row),
        ApplicationMapping.Resources(row),
        owned.RemovedAt is not null ? "removed" : owned.DisabledAt is not null ? "disabled" : "active",
        owned.CreatedBy,
        owned.CreatedAt,
        owned.UpdatedAt,
        owned.DisabledAt,
        owned.RemovedAt,
        owned.Version);
}

/// <summary>A new application, with the secret that is shown this once.</summary>
public sealed record CreatedApplication : ApplicationItem
{
    public CreatedApplication(ApplicationItem application, string? clientSecret)
        : base(application) => ClientSecret = clientSecret;

    /// <summary><c>ags_…</c>; null: its kind keeps none.</summary>
    public string? ClientSecret { get; }

    /// <summary>A record prints its members; the secret is not for printing.</summary>
    public override string ToString() => Id;
}
