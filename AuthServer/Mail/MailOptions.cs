namespace AuthServer.Mail;

/// <summary>The mail server that takes what people are told.</summary>
public sealed class MailOptions
{
    /// <summary>Null: no mail is sent.</summary>
    public string? Host { get; set; }

    /// <summary>Null: 587, or 465 with TLS from the first octet.</summary>
    public int? Port { get; set; }

    /// <summary>Null: TLS from the first octet on port 465, else STARTTLS.</summary>
    /// <remarks>Refused: <c>None</c> for a mail server that is not on this machine.</remarks>
    public MailSecurity? Security { get; set; }

    /// <summary>Who signs in at the mail server.</summary>
    /// <remarks>Refused: without <c>Password</c>.</remarks>
    public string? User { get; set; }

    /// <summary>That one's password. A secret.</summary>
    /// <remarks>Refused: without <c>User</c>.</remarks>
    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    /// <remarks>Required with <c>Host</c>.</remarks>
    public string? From { get; set; }

    /// <summary>The name beside the sender's address. None: AuthServer.</summary>
    public string? FromName { get; set; }

    /// <summary>Certificates (PEM), or a reference to them, that alone vouch for the mail server. Null: those that the machine knows.</summary>
    public string? Authorities { get; set; }

    /// <summary>How long it is kept that a mail was sent.</summary>
    /// <remarks>Refused: less than a day, more than 365.</remarks>
    public TimeSpan Kept { get; set; } = TimeSpan.FromDays(7);
}
