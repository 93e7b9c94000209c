namespace AuthServer.Organizations;

/// <summary>A person in an organization.</summary>
public sealed class Member
{
    public string OrganizationId { get; set; } = "";

    public string UserId { get; set; } = "";

    public Role Role { get; set; }

    public DateTimeOffset JoinedAt { get; set; }
}
