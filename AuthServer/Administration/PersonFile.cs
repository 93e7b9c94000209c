using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Organizations;
using AuthServer.Protocol.Authorize;

namespace AuthServer.Administration;

/// <summary>A person in a list.</summary>
/// <param name="IsConfigured">The configuration, or the demo, made the account.</param>
public sealed record PersonLine(
    string Id, string? Name, string? Email, bool IsConfirmed, DateTimeOffset CreatedAt, bool IsAdministrator, bool IsDisabled, bool IsConfigured)
{
    /// <summary>How the person is called.</summary>
    public string Shown => Name is not null && VisibleText.IsSeen(Name) ? Name : Email ?? Id;
}

/// <summary>All that an administrator sees of a person: how they sign in and where, how much acts for them; nothing of what they agreed to or keep here.</summary>
/// <param name="ExternalLogins">Accounts elsewhere that they sign in with.</param>
/// <param name="Agents">That they answer for.</param>
public sealed record PersonFile(
    PersonLine Line,
    IReadOnlyList<OpenSession> Sessions,
    IReadOnlyList<PersonOrganization> Organizations,
    Factors Factors,
    int Passkeys,
    int ExternalLogins,
    int Consents,
    int ConnectedAccounts,
    int Agents)
{
    public bool HasPassword { get; init; }
}

public sealed record PersonOrganization(string Id, string Name, Role Role);

/// <param name="Address">Absolute. Whoever has it can register.</param>
public sealed record InvitationLink(string Email, string Address);
