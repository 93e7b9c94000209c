using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Mail;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Approvals;

/// <summary>Tells whoever has to answer that an agent waits for them. No address gets many of them, whatever agents do.</summary>
public sealed class ApprovalMails(Mails mails, PersonLanguages languages, IssuerUri issuer)
{
    public const string Kind = "approval";

    // An organization's whole staff need not be told of each question.
    private const int MostReaders = 10;

    /// <summary>One for each reader; none where no mail is sent, or where something of the agent's waits for them already: they know the way.</summary>
    public async Task<IReadOnlyList<OutgoingMail>> OfAsync(AuthDbContext context, Approval row, ApprovalShown shown, CancellationToken ct)
    {
        var (agent, decider, organization, now) = (row.AgentId, row.DeciderId, row.OrganizationId, row.CreatedAt);
        if (!mails.AreSent || await context.Approvals.AnyAsync(
            other => other.AgentId == agent && other.DeciderId == decider && other.OrganizationId == organization && other.Status == ApprovalStatus.Pending && other.ExpiresAt > now, ct))
        {
            return [];
        }

        var readers = decider is not null
            ? context.Users.Where(user => user.Id == decider)
            : context.Members.Where(member => member.OrganizationId == organization && member.Role >= Role.Developer)
                .OrderByDescending(member => member.Role).ThenBy(member => member.UserId).Join(context.Users, member => member.UserId, user => user.Id, (_, user) => user);
        var known = await readers.AsNoTracking().Where(user => !user.Disabled && user.Email != null).Take(MostReaders).ToListAsync(ct);
        return [.. known.Select(reader => mails.Write(Kind, reader.Email!, reader.Id, Text(row, shown, languages.Of(reader, null)), now, row.ExpiresAt - now))];
    }

    private MailText Text(Approval row, ApprovalShown shown, Language say)
    {
        var agent = MailText.Name(shown.AgentName);
        return new MailText(
            say.T("“{0}” asks for your approval", agent),
            say.T("The agent “{0}” of “{1}” wants to do something that a policy lets it do only if you approve it.", agent, MailText.Name(shown.AgentOwner)))
        {
            Language = say.Tag,
            Link = new MailLink(say.T("Look at it and answer"), issuer.At(row.Page), say.T("You are asked to sign in.")),
            Facts = [.. shown.Actions.Select(action => new MailFact(say.T("What"), MailText.Name(say.T(action.Title)))), new MailFact(say.T("Until"), say.Moment(row.ExpiresAt))],
            IfNotYou = say.T("If you do nothing, it may not do it."),
        };
    }
}
