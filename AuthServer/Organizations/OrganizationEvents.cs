namespace AuthServer.Organizations;

/// <summary>What organizations leave in the trail.</summary>
public static class OrganizationEvents
{
    public const string Created = "organization.created";
    public const string Changed = "organization.changed";
    public const string Transferred = "organization.transferred";
    public const string Closed = "organization.closed";
    /// <summary>An administrator has stopped it.</summary>
    public const string Suspended = "organization.suspended";

    /// <summary>An administrator lets it go on.</summary>
    public const string Resumed = "organization.resumed";

    public const string MemberAdded = "member.added";
    public const string MemberChanged = "member.changed";
    public const string MemberRemoved = "member.removed";
    public const string InvitationCreated = "invitation.created";
    public const string InvitationRevoked = "invitation.revoked";
    public const string KeyCreated = "developer_key.created";
    public const string KeyRotated = "developer_key.rotated";
    public const string KeyRevoked = "developer_key.revoked";
}
