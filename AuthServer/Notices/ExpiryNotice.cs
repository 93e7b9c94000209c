namespace AuthServer.Notices;

/// <summary>That somebody was told of the end of a key, certificate or secret: once for each number of days before it, whichever node it was.</summary>
public sealed class ExpiryNotice
{
    public string CredentialId { get; set; } = "";

    /// <summary>One of <see cref="ExpiringCredential.NoticeDays"/>.</summary>
    public int Days { get; set; }

    /// <summary>When the credential expires: what is past can be forgotten.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset At { get; set; }
}
