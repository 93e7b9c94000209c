using AuthServer.Branding;
using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Mail;

namespace AuthServer.Organizations;

/// <summary>The mail that invites somebody into an organization.</summary>
public sealed class InvitationMails(Mails mails, IssuerUri issuer)
{
    public const string Kind = "invitation";

    /// <summary>Null where no mail is sent.</summary>
    /// <param name="organization">Its name, which somebody chose; likewise <paramref name="inviter"/>.</param>
    /// <param name="brand">How it shows itself; its own name stands there all the same. Null: it shows nothing.</param>
    public OutgoingMail? Write(OrganizationInvitation invitation, string link, string organization, string inviter, ShownBrand? brand)
    {
        if (!mails.AreSent)
        {
            return null;
        }

        // Nobody knows who it is: they are written to as whoever invites them reads.
        var say = Language.Current;
        var host = new Uri(issuer.Value).Authority;
        var name = MailText.Name(organization);
        var text = new MailText(say.T("You are invited to an organization at {0}", host), Invited(say, invitation.Role, name, host))
        {
            Language = say.Tag,
            Link = new MailLink(say.T("See the invitation"), link, say.T("The link works once, for this address, for seven days.")),
            Colour = brand?.Colour?.Rgb,
            Facts =
            [
                new MailFact(say.T("Organization"), name),
                .. brand is not null && brand.Name != organization ? new[] { new MailFact(say.T("Shows itself as"), MailText.Name(brand.Name)) } : [],
                new MailFact(say.T("Invited by"), MailText.Name(inviter)),
                new MailFact(say.T("When"), say.Moment(invitation.CreatedAt)),
            ],
            IfNotYou = say.T("If you do not know them, do nothing: nothing happens without you."),
        };
        return mails.Write(Kind, invitation.Email, null, text, invitation.CreatedAt, invitation.ExpiresAt - invitation.CreatedAt);
    }

    private static string Invited(Language say, Role role, string name, string host) => role switch
    {
        Role.Auditor => say.T("You are invited to join “{0}” at {1} as auditor.", name, host),
        Role.Developer => say.T("You are invited to join “{0}” at {1} as developer.", name, host),
        Role.Admin => say.T("You are invited to join “{0}” at {1} as admin.", name, host),
        _ => say.T("You are invited to join “{0}” at {1} as owner.", name, host),
    };
}
