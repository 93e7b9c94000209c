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
    /// <summary>Whoever disables applications beside their organization.</summary>
    internal const string Administrator = "administrator";

    private const string Organization = "organization";

    /// <summary>administrator: whoever administers the server disabled it, and only they enable it again; organization; null: it is not disabled.</summary>
    public string? DisabledBy { get; init; }

    /// <summary>administrator or organization; null: it is not removed.</summary>
    public string? RemovedBy { get; init; }

    internal static ApplicationItem Of(OrganizationApplication owned, OpenIddictApplication row)
    {
        var extras = ApplicationExtras.Read(row.Properties);
        return Of(owned, row, extras.Disabled ? extras.DisabledAt ?? owned.DisabledAt : owned.DisabledAt) with
        {
            Status = owned.RemovedAt is not null ? "removed" : extras.Disabled || owned.DisabledAt is not null ? "disabled" : "active",
            DisabledBy = extras.Disabled ? Administrator : owned.DisabledAt is not null ? Organization : null,
            RemovedBy = owned.RemovedAt is null ? null : extras.RemovedByAdministrator ? Administrator : Organization,
        };
    }

    private static ApplicationItem Of(OrganizationApplication owned, OpenIddictApplication row, DateTimeOffset? disabledAt) => new(
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
        "active",
        owned.CreatedBy,
        owned.CreatedAt,
        owned.UpdatedAt,
        disabledAt,
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
