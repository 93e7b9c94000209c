namespace AuthServer.Mail;

/// <param name="Server">Null: no mail is sent. What people must have all the same waits for an administrator.</param>
/// <param name="Kept">How long the list tells that a mail was sent.</param>
public sealed record MailSettings(MailServer? Server, TimeSpan Kept);

/// <summary>Where mail is handed over. No record: it holds a password.</summary>
public sealed class MailServer
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required MailSecurity Security { get; init; }

    /// <summary>Null: it takes mail from this machine as it is.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>The sender's address, and the name beside it.</summary>
    public required string From { get; init; }

    /// <inheritdoc cref="From"/>
    public required string FromName { get; init; }

    /// <summary>Authorities, as PEM, that alone vouch for the server. Null: those that the machine knows.</summary>
    public string? Authorities { get; init; }
}
