namespace AuthServer.Organizations;

/// <summary>What a member may do in an organization; each role includes those before it. The numbers are stored.</summary>
public enum Role
{
    /// <summary>Reads everything of the organization, its trail included; changes nothing.</summary>
    Auditor = 1,

    /// <summary>Registers and changes agents and policies.</summary>
    Developer = 2,

    /// <summary>Also invites and removes members, and makes keys.</summary>
    Admin = 3,

    /// <summary>Also hands the organization over, or ends it. There is exactly one.</summary>
    Owner = 4,
}
