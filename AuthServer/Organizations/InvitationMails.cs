using System.Globalization;
using AuthServer.Http;
using AuthServer.Mail;

namespace AuthServer.Organizations;

/// <summary>The mail that invites somebody into an organization.</summary>
public sealed class InvitationMails(Mails mails, IssuerUri issuer)
{
    public const string Kind = "invitation";

    /// <summary>Null where no mail is sent.</summary>
    /// <param name="organization">Its name, which somebody chose; likewise <paramref name="inviter"/>.</param>
    public OutgoingMail? Write(OrganizationInvitation invitation, string link, string organization, string inviter)
    {
        if (!mails.AreSent)
        {
            return null;
        }

        var host = new Uri(issuer.Value).Authority;
        var name = MailText.Name(organization);
        var text = new MailText($"You are invited to an organization at {host}", $"You are invited to join “{name}” at {host} as {invitation.Role.ToString().ToLowerInvariant()}.")
        {
            Link = new MailLink("See the invitation", link, "The link works once, for this address, for seven days."),
            Facts =
            [
                new MailFact("Organization", name),
                new MailFact("Invited by", MailText.Name(inviter)),
                new MailFact("When", invitation.CreatedAt.ToUniversalTime().ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC"),
            ],
            IfNotYou = "If you do not know them, do nothing: nothing happens without you.",
        };
        return mails.Write(Kind, invitation.Email, null, text, invitation.CreatedAt, invitation.ExpiresAt - invitation.CreatedAt);
    }
}
