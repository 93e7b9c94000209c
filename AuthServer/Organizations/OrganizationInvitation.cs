namespace AuthServer.Organizations;

/// <summary>An offer to one e-mail address to join an organization, <c>inv_…</c>. Its token is shown once and kept as a hash.</summary>
public sealed class OrganizationInvitation
{
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    /// <summary>In lower case: only the person with this address can accept.</summary>
    public string Email { get; set; } = "";

    public Role Role { get; set; }

    /// <summary>Base64 of the token's SHA-256.</summary>
    public string TokenHash { get; set; } = "";

    public string InvitedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? AcceptedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}
