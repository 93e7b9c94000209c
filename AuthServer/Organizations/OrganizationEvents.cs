using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Webhooks;

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

    /// <summary>The reason where a member went by themselves.</summary>
    public const string Left = "left";

    /// <summary>The reason where somebody took a member out.</summary>
    public const string Removed = "removed";

    /// <summary>The reason where the organization was closed.</summary>
    public const string WasClosed = "closed";

    /// <summary>The reason where an administrator of the installation closed it.</summary>
    public const string ByAdministrator = "administrator";

    /// <summary>The reason where a member deleted their account.</summary>
    public const string AccountRemoved = "account_removed";

    /// <summary>What ends by the server because whoever made it may not do so any more.</summary>
    /// <param name="id">Of the key or the certificate.</param>
    internal static AuditEvent MakerGone(string type, string id, string organizationId, DateTimeOffset now) => AuditEvent.Of(type, AuditOutcomes.Success, now) with
    {
        OrganizationId = organizationId,
        Target = id,
        Reason = DisabledReasons.MakerGone,
    };

    /// <summary>What the end of an organization, or of a person, says of one membership: later nothing else tells that it was.</summary>
    internal static AuditEvent OfMember(AuditEvent end, string organizationId, string userId, string reason) => end with
    {
        Id = Identifiers.New("aud_", end.At),
        Type = MemberRemoved,
        OrganizationId = organizationId,
        Target = userId,
        Reason = reason,
        Detail = null,
    };
}
