using AuthServer.Protocol.State;

namespace AuthServer.Mail;

/// <summary>What mail leaves in the trail.</summary>
public static class MailEvents
{
    /// <summary>A mail will not be sent any more.</summary>
    public const string GivenUp = "mail.given_up";

    /// <summary>An administrator read a mail that could not be sent.</summary>
    public const string Opened = "mail.opened";

    internal static AuditEvent OfGivenUp(string id, string? failure, DateTimeOffset now) => AuditEvent.Of(GivenUp, AuditOutcomes.Denied, now) with
    {
        Target = id,
        Reason = failure,
        CorrelationId = "mail",
    };
}
