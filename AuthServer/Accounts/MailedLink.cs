namespace AuthServer.Accounts;

/// <summary>A link of which one was mailed. There is one of a kind for a person at most: a new one takes the place of the old. Its handle is kept as a hash.</summary>
public sealed class MailedLink
{
    public string UserId { get; set; } = "";

    public MailedLinkKind Kind { get; set; }

    /// <summary>Base64 of the handle's SHA-256.</summary>
    public string Hash { get; set; } = "";

    /// <summary>The address that it was sent to.</summary>
    public string Email { get; set; } = "";

    /// <summary>The account's security stamp: the link dies with the password, and with the address.</summary>
    public string Stamp { get; set; } = "";

    /// <summary>It was given to a mail server alone, so that whoever has it reads that address. Else an administrator may have passed it on.</summary>
    public bool Mailed { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>What a link is good for. The numbers are stored.</summary>
public enum MailedLinkKind
{
    /// <summary>A new password.</summary>
    Password = 0,

    /// <summary>To show that the account's address is read by its person.</summary>
    Confirmation = 1,

    /// <summary>Another address in place of the account's.</summary>
    NewAddress = 2,
}
