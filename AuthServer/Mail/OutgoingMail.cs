namespace AuthServer.Mail;

/// <summary>One mail: waiting to be sent, or what became of it.</summary>
public sealed class OutgoingMail
{
    public const string IdPrefix = "mail_";

    /// <summary><c>mail_…</c>: also the mail's Message-ID, by which a mail system knows what it has already.</summary>
    public string Id { get; set; } = "";

    /// <summary>What it is about, in one stable word.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Whose account it is about; null: somebody's who has none.</summary>
    public string? UserId { get; set; }

    /// <summary>The address as it is written to.</summary>
    public string Recipient { get; set; } = "";

    /// <summary>The same in upper case, by which it is counted.</summary>
    public string NormalizedRecipient { get; set; } = "";

    /// <summary>What it says, sealed: it may hold a link that opens an account. Null: it was sent, or will not be.</summary>
    public byte[]? Content { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it is worth nothing any more.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it is to be sent. Whoever sends it moves this to the time by which they will have told what came of it. Null: nothing is left to do.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>One of <see cref="MailFailures"/>; null: there was none.</summary>
    public string? LastFailure { get; set; }

    public DateTimeOffset? SentAt { get; set; }
}

/// <summary>Why a mail was not sent.</summary>
public static class MailFailures
{
    /// <summary>The mail server will not take it, now or later.</summary>
    public const string Refused = "refused";

    /// <summary>The mail server will not take it now.</summary>
    public const string Busy = "busy";

    public const string Unreachable = "unreachable";

    /// <summary>The connection cannot be kept secret, or the server does not show who it is.</summary>
    public const string Insecure = "insecure";

    /// <summary>The server does not accept the user and the password of the settings.</summary>
    public const string SignIn = "sign_in";

    /// <summary>The server takes no mail from the sender's address of the settings.</summary>
    public const string Sender = "sender";

    /// <summary>The content does not open with this installation's master key.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>It was worth nothing any more before it could be sent.</summary>
    public const string Expired = "expired";

    /// <summary>The link in it was used, or a newer one took its place.</summary>
    public const string Replaced = "replaced";

    /// <summary>This server failed; its log tells.</summary>
    public const string Internal = "internal";
}
