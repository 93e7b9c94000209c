using AuthServer.Pages.Developer;

namespace AuthServer.Pages.Portal;

/// <summary>A part of the portal with a way of its own through its pages: a person's, a developer's, the administrator's.</summary>
/// <param name="Title">What people read; a key of <see cref="Texts"/>.</param>
/// <param name="Home">Its first page.</param>
public sealed record Area(string Title, string Home, IReadOnlyList<Group> Groups)
{
    public static Area Person { get; } = new("You", "/dashboard",
    [
        new(null, [new("What acts for you", "/dashboard"), new("Approvals", "/approvals"), new("What was done", "/dashboard/activity"), new("What was passed on", "/dashboard/delegations")]),
        new("Your account",
        [
            new("Account", "/account"), new("Connected accounts", "/account/connections"),
            new("How you sign in", "/account/sign-ins") { Under = ["/account/password", "/account/passkeys", "/account/authenticator", "/account/recovery-codes"] },
            new("Where you are signed in", "/account/sessions"),
        ]),
    ])
    { ApprovalsPath = "/approvals" };

    public static Area Developer { get; } = new("Developer", "/developer",
    [
        new(null,
        [
            new("Home", "/developer"), new("Agents", "/developer/agents"), new("Applications", "/developer/applications"), new("Try it", "/developer/try-it"),
        ]),
        new("Rules",
        [
            new("Policies", "/developer/policies"), new("Ask the policies", "/developer/policies/try"), new("Approvals", "/developer/approvals"), new("Scopes", "/developer/scopes"),
            new("Resource servers", "/developer/resource-servers"),
        ]),
        new("Vault",
        [
            new("Connections", "/developer/connections"), new("Providers", "/developer/providers"), new("Who may use them", "/developer/access"),
            new("Provider keys", "/developer/provider-keys"), new("Certificates", "/developer/certificates"),
        ]),
        new("Watch",
        [
            new("Trail", "/developer/trail"), new("Delegations", "/developer/delegations"), new("Usage", "/developer/usage"),
            new("Webhooks", "/developer/webhooks") { Under = ["/developer/webhook"] },
        ]),
        new("Organization", [new("Members", "/developer/members"), new("Developer keys", "/developer/keys"), new("Branding", "/developer/branding"), new("Settings", "/developer/settings")]),
    ])
    { IsOfOrganization = true, ApprovalsPath = "/developer/approvals" };

    public static Area Admin { get; } = new("Admin", "/admin",
    [
        new(null, [new("The installation", "/admin")]),
        new("Who is here", [new("Organizations", "/admin/organizations"), new("People", "/admin/people"), new("Clients", "/admin/clients")]),
        new("Watch", [new("Analytics", "/admin/analytics"), new("Trail", "/admin/trail"), new("Providers", "/admin/providers")]),
        new("Operation", [new("Keys", "/admin/keys"), new("Mail", "/admin/mails"), new("Health", "/admin/health"), new("Configuration", "/admin/configuration")]),
    ]);

    /// <summary>Where its approvals are; null: it has none.</summary>
    public string? ApprovalsPath { get; private init; }

    /// <summary>Its pages say in their address whose they are.</summary>
    public bool IsOfOrganization { get; init; }

    /// <summary>The entry that leads nearest to a path; null: none does.</summary>
    public Entry? At(string path) => Groups.SelectMany(group => group.Entries).Where(entry => entry.Covers(path)).MaxBy(entry => entry.Path.Length);

    /// <summary>Where an entry leads, for a member of an organization.</summary>
    public string Address(string path, Seat? seat) =>
        IsOfOrganization && seat is not null ? $"{path}?organization={seat.Organization.OrganizationId}" : path;
}

/// <param name="Title">Null: it needs none.</param>
public sealed record Group(string? Title, IReadOnlyList<Entry> Entries);

public sealed record Entry(string Title, string Path)
{
    /// <summary>The pages under this one, where their addresses are not under its own.</summary>
    public IReadOnlyList<string> Under { get; init; } = [];

    internal bool Covers(string path) => Is(path, Path) || Under.Any(start => Is(path, start));

    private static bool Is(string path, string start) =>
        path.StartsWith(start, StringComparison.OrdinalIgnoreCase) && (path.Length == start.Length || path[start.Length] == '/');
}
