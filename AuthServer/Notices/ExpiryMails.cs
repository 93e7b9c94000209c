using System.Globalization;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Mail;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Notices;

/// <summary>The mails that tell an organization's developers what is about to expire.</summary>
public sealed class ExpiryMails(IDbContextFactory<AuthDbContext> contexts, Mails mails, IssuerUri issuer)
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
        return await context.Members.AsNoTracking().Where(member => member.OrganizationId == organizationId && member.Role >= Role.Developer)
            .OrderByDescending(member => member.Role).ThenBy(member => member.UserId)
            .Join(context.Users.Where(user => !user.Disabled && user.Email != null), member => member.UserId, user => user.Id, (_, user) => new Reader(user.Id, user.Email!))
            .Take(MostReaders).ToListAsync(ct);
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
        var name = MailText.Name(organization);
        var what = told.Count == 1 ? $"{Words(told[0].Kind)} of “{name}” expires" : $"{told.Count} keys, certificates or secrets of “{name}” expire";
        var when = days == 1 ? "within a day" : $"within {days} days";
        var text = new MailText($"{what} {when}", $"{what} {when}. Programs that use {(told.Count == 1 ? "it" : "them")} stop working then. Replace {(told.Count == 1 ? "it" : "them")} before.")
        {
            Link = new MailLink("See what expires", issuer.At($"/developer?organization={told[0].OrganizationId}"), "You are asked to sign in."),
            Facts = [.. told.Take(MostLines).Select(Fact), .. told.Count > MostLines ? new[] { new MailFact("And", $"{told.Count - MostLines} more") } : []],
            IfNotYou = "You get this mail because you are a developer of the organization.",
        };
        return mails.Write(Kind, reader.Address, reader.UserId, text, now, TimeSpan.FromDays(days));
    }

    private static MailFact Fact(ExpiringCredential one) => new(
        $"{Words(one.Kind)}: {MailText.Name(one.Name)}{(one.Hint is null ? "" : $" ({one.Hint}…)")}",
        one.ExpiresAt.ToUniversalTime().ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC");

    private static string Words(ExpiringKind kind) => kind switch
    {
        ExpiringKind.AgentKey => "An agent's API key",
        ExpiringKind.AgentSecret => "An agent's old secret",
        ExpiringKind.ApplicationSecret => "An application's old secret",
        ExpiringKind.ResourceSecret => "An API's old secret",
        ExpiringKind.DeveloperKey => "A developer key",
        _ => "A certificate",
    };

    public sealed record Reader(string UserId, string Address);
}
