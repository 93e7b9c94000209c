namespace AuthServer.Organizations;

/// <summary>An organization to be made.</summary>
public sealed class NewOrganization
{
    public string? Name { get; init; }

    /// <summary>The invitation that the server asks for where it is not open to everybody.</summary>
    public string? Invitation { get; init; }
}

/// <summary>What is to change; null stays as it is.</summary>
public sealed class OrganizationChange
{
    public string? Name { get; init; }
}

/// <summary>What a member shall be.</summary>
public sealed class MemberChange
{
    public Role? Role { get; init; }
}

/// <summary>Who shall be the owner.</summary>
public sealed class OwnershipTransfer
{
    public string? UserId { get; init; }
}

/// <summary>What is to be ended.</summary>
public sealed class Ending
{
    /// <summary>Only what began at or before this moment; null: everything until now.</summary>
    public DateTimeOffset? Before { get; init; }
}

/// <summary>Somebody to be invited.</summary>
public sealed class NewInvitation
{
    public string? Email { get; init; }

    /// <summary>Null: developer.</summary>
    public Role? Role { get; init; }
}

/// <summary>The token of an invitation's link. No record: it must never be printed.</summary>
public sealed class InvitationToken
{
    public string? Token { get; init; }
}

/// <summary>A member, as the other members see them.</summary>
public sealed record MemberDetail(string UserId, string? Name, string? Email, Role Role, DateTimeOffset JoinedAt);

/// <summary>What hangs on a member, or on the role that they have.</summary>
/// <param name="Keys">Developer keys that they made and that can still be used: they end.</param>
/// <param name="Certificates">The same.</param>
/// <param name="Webhooks">That they made: they are disabled.</param>
/// <param name="Invitations">That they gave and that wait: they are taken back.</param>
/// <param name="Approvals">That they gave for the organization and that are in force: they end.</param>
/// <param name="Agents">That they answer for: the owner does after them.</param>
public sealed record MemberEnding(int Keys, int Certificates, int Webhooks, int Invitations, int Approvals, int Agents)
{
    public bool Any => Keys + Certificates + Webhooks + Invitations + Approvals + Agents > 0;
}

/// <summary>An invitation that waits.</summary>
public sealed record InvitationDetail(string Id, string Email, Role Role, string InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static InvitationDetail Of(OrganizationInvitation row) => new(row.Id, row.Email, row.Role, row.InvitedBy, row.CreatedAt, row.ExpiresAt);
}

/// <summary>An invitation that nobody can accept any more.</summary>
/// <param name="RevokedAt">When it was taken back; null: it has expired.</param>
public sealed record EndedInvitation(InvitationDetail Invitation, DateTimeOffset? RevokedAt);

/// <summary>A new invitation; link and token are shown this once. No record: it must never be printed.</summary>
public sealed class CreatedInvitation(OrganizationInvitation row, string link, string token, bool mailed)
{
    public InvitationDetail Invitation { get; } = InvitationDetail.Of(row);

    public string Link { get; } = link;

    public string Token { get; } = token;

    /// <summary>Whether a mail with the link is on its way; otherwise whoever invites passes it on.</summary>
    public bool Mailed { get; } = mailed;
}
