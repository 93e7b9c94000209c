using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Mail;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Notices;

/// <summary>The mails that tell an organization's developers what is about to expire.</summary>
public sealed class ExpiryMails(IDbContextFactory<AuthDbContext> contexts, Mails mails, PersonLanguages languages, IssuerUri issuer)
{
    public const string Kind = "expiry";

    /// <summary>No organization has its whole staff told by one round.</summary>
    private const int MostReaders = 50;

    private const int MostLines = 20;

    /// <summary>Whom an organization's notices go to; empty where no mail is sent.</summary>
    public async Task<IReadOnlyList<Reader>> ReadersAsync(string organizationId, CancellationToken ct)
    {
        if (!mails.AreSent)
        {
            return [];
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var users = await context.Members.AsNoTracking().Where(member => member.OrganizationId == organizationId && member.Role >= Role.Developer)
            .OrderByDescending(member => member.Role).ThenBy(member => member.UserId)
            .Join(context.Users.Where(user => !user.Disabled && user.Email != null), member => member.UserId, user => user.Id, (_, user) => user)
            .Take(MostReaders).ToListAsync(ct);
        return [.. users.Select(user => new Reader(user.Id, user.Email!, languages.Of(user, null)))];
    }

    public async Task<string> NameAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Organizations.Where(row => row.Id == organizationId).Select(row => row.Name).FirstOrDefaultAsync(ct) ?? "";
    }

    /// <param name="told">One organization's, soonest first.</param>
    /// <param name="organization">Its name, which somebody chose.</param>
    public OutgoingMail Write(Reader reader, IReadOnlyList<ExpiringCredential> told, int days, string organization, DateTimeOffset now)
    {
        var say = reader.Say;
        var what = Said(say, told, days, MailText.Name(organization));
        var lead = Lead(say, told, what);
        var text = new MailText(what, lead)
        {
            Language = say.Tag,
            Link = new MailLink(say.T("See what expires"), issuer.At($"/developer?organization={told[0].OrganizationId}"), say.T("You are asked to sign in.")),
            Facts = [.. told.Take(MostLines).Select(one => Fact(say, one)), .. told.Count > MostLines ? new[] { new MailFact(say.T("And"), say.T("{0} more", told.Count - MostLines)) } : []],
            IfNotYou = say.T("You get this mail because you are a developer of the organization."),
        };
        return mails.Write(Kind, reader.Address, reader.UserId, text, now, TimeSpan.FromDays(days));
    }

    // What has a successor is not to be replaced once more.
    private static string Lead(Language say, IReadOnlyList<ExpiringCredential> told, string what) => (told.Count, told.Count(one => one.IsReplaced)) switch
    {
        (1, 0) => say.T("{0}. Programs that use it stop working then. Replace it before.", what),
        (1, _) => say.T("{0}. It was replaced: programs that still use it must use the new one by then.", what),
        (_, 0) => say.T("{0}. Programs that use them stop working then. Replace them before.", what),
        (var all, var replaced) when all == replaced => say.T("{0}. They were replaced: programs that still use them must use the new ones by then.", what),
        _ => say.T("{0}. Programs that use them stop working then. Replace them before; of an old secret there is a new one already, which programs must use by then.", what),
    };

    private static string Said(Language say, IReadOnlyList<ExpiringCredential> told, int days, string name) => (told, days) switch
    {
        ([var one], 1) => say.T("{0} of “{1}” expires within a day", Words(say, one.Kind), name),
        ([var one], _) => say.T("{0} of “{1}” expires within {2} days", Words(say, one.Kind), name, days),
        (_, 1) => say.T("{0} keys, certificates or secrets of “{1}” expire within a day", told.Count, name),
        _ => say.T("{0} keys, certificates or secrets of “{1}” expire within {2} days", told.Count, name, days),
    };

    private static MailFact Fact(Language say, ExpiringCredential one) => new(
        say.T("{0}: {1}", Words(say, one.Kind), MailText.Name(one.Name) + (one.Hint is null ? "" : $" ({one.Hint}…)")), say.Moment(one.ExpiresAt));

    private static string Words(Language say, ExpiringKind kind) => kind switch
    {
        ExpiringKind.AgentKey => say.T("An agent's API key"),
        ExpiringKind.AgentSecret => say.T("An agent's old secret"),
        ExpiringKind.ApplicationSecret => say.T("An application's old secret"),
        ExpiringKind.ResourceSecret => say.T("An API's old secret"),
        ExpiringKind.DeveloperKey => say.T("A developer key"),
        _ => say.T("A certificate"),
    };

    /// <param name="Say">The language that they read.</param>
    public sealed record Reader(string UserId, string Address, Language Say);
}
