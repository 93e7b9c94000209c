namespace AuthServer.Mail;

/// <summary>How the connection to the mail server is kept secret.</summary>
public enum MailSecurity
{
    /// <summary>It begins in plain text and goes on with TLS, or ends (RFC 3207).</summary>
    StartTls,

    /// <summary>TLS from the first octet (RFC 8314).</summary>
    Tls,

    /// <summary>Plain text: to this machine only.</summary>
    None,
}
