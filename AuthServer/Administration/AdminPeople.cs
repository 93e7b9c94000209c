using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Administration;

/// <summary>People as administrators see them, and what they do to their accounts. What a person may do, and nobody in their name, is not here.</summary>
public sealed class AdminPeople(
    IDbContextFactory<AuthDbContext> contexts,
    PersonStates states,
    FactorResets factors,
    ITokenFamilies families,
    Invitations invitations,
    Strength strength,
    IAuditTrail trail,
    IssuerUri issuer,
    AuthServerOptions options,
    TimeProvider clock)
{
    public const int Portion = 50;

    private static Problem Unchanged { get; } = Problem.Conflict("unchanged", "It is so already.");

    private static Problem Last { get; } = Problem.Conflict("last_administrator", "This is the only administrator. Make somebody else one first.");

    private static Problem Configured { get; } = Problem.Conflict("configured", "The configuration made this account, and sets it anew at each start.");

    /// <summary>Newest first.</summary>
    /// <param name="search">A part of the address or of the name, or an id; null: everybody.</param>
    /// <param name="after">The id after which the list goes on; null: from the newest.</param>
    public async Task<IReadOnlyList<PersonLine>> ListAsync(string? search, bool administrators, string? after, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = context.Users.AsNoTracking().Where(row => !administrators || row.IsAdministrator);
        if (search is { Length: > 0 })
        {
            var address = search.ToUpperInvariant();
            rows = rows.Where(row => row.Id == search || row.NormalizedEmail!.Contains(address) || AuthDbContext.Upper(row.Name!).Contains(AuthDbContext.Upper(search)));
        }

        return await Lines(rows.Where(row => after == null || row.Id.CompareTo(after) < 0).OrderByDescending(row => row.Id).Take(Portion)).ToListAsync(ct);
    }

    /// <summary>Null: there is nobody.</summary>
    public async Task<PersonFile?> FindAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await Lines(context.Users.AsNoTracking().Where(row => row.Id == id)).FirstOrDefaultAsync(ct) is not { } line)
        {
            return null;
        }

        var since = clock.GetUtcNow() - options.Tokens.Session;
        var sessions = await context.Sessions.AsNoTracking().Where(row => row.UserId == id && row.EndedAt == null && row.AuthTime > since)
            .OrderByDescending(row => row.AuthTime).Take(Portion).ToListAsync(ct);
        var organizations = await context.Members.AsNoTracking().Where(row => row.UserId == id)
            .Join(context.Organizations, member => member.OrganizationId, organization => organization.Id, (member, organization) => new PersonOrganization(organization.Id, organization.Name, member.Role))
            .Take(Portion).ToListAsync(ct);
        return new PersonFile(
            line,
            [.. sessions.Select(row => new OpenSession(row.Id, DeviceName.Of(row.UserAgent, Language.Current), row.Address, row.AuthTime, row.LastUsedAt ?? row.AuthTime, false, row.Acr))],
            organizations,
            await strength.FactorsAsync(id, ct),
            await context.Passkeys.CountAsync(row => row.UserId == id, ct),
            await context.ExternalLogins.CountAsync(row => row.UserId == id, ct),
            await context.Authorizations.CountAsync(row => row.Subject == id && row.Status == OpenIddictStatuses.Valid, ct),
            await context.ConnectedAccounts.CountAsync(row => row.UserId == id, ct),
            await context.Agents.CountAsync(row => row.OwnerId == id, ct))
        {
            HasPassword = await context.Users.AnyAsync(row => row.Id == id && row.PasswordHash != null, ct),
        };
    }

    public async Task<Problem?> DisableAsync(HttpContext http, SignedInPerson administrator, PersonLine person, CancellationToken ct) => person.IsConfigured ? Configured
        : person.Id == administrator.Subject ? Problem.Conflict("oneself", "Nobody disables their own account.")
        : Of(await states.DisableAsync(person.Id, Event(http, administrator, AccountEvents.Disabled, person.Id), ct));

    public async Task<Problem?> EnableAsync(HttpContext http, SignedInPerson administrator, PersonLine person, CancellationToken ct) =>
        person.IsConfigured ? Configured : Of(await states.EnableAsync(person.Id, Event(http, administrator, AccountEvents.Enabled, person.Id), ct));

    public async Task<Problem?> SetAdministratorAsync(HttpContext http, SignedInPerson administrator, PersonLine person, bool isAdministrator, CancellationToken ct) => Of(
        await states.SetAdministratorAsync(
            person.Id, isAdministrator, Event(http, administrator, AccountEvents.AdministratorChanged, person.Id) with { Reason = isAdministrator ? "given" : "taken" }, ct));

    /// <summary>Everywhere: all sessions, and all tokens that came from them.</summary>
    public async Task<Problem?> SignOutAsync(HttpContext http, SignedInPerson administrator, PersonLine person, CancellationToken ct)
    {
        var why = Event(http, administrator, AuditEventTypes.UserSignedOut, person.Id) with { Reason = "administrator" };
        await families.EndSubjectAsync(person.Id, why.At, why, ct);
        return null;
    }

    /// <summary>For whoever lost them all. Ends their sessions, too.</summary>
    public async Task<Problem?> ResetFactorsAsync(HttpContext http, SignedInPerson administrator, PersonLine person, CancellationToken ct) =>
        await factors.TryResetAsync(person.Id, Event(http, administrator, StrongEvents.FactorsReset, person.Id), ct) ? null : Problem.Conflict("no_factor", "There is no second factor to take away.");

    /// <summary>A link by which the person with this address can register within seven days; it is shown once.</summary>
    public async Task<Answer<InvitationLink>> InviteAsync(HttpContext http, SignedInPerson administrator, string? email, CancellationToken ct)
    {
        if (EmailAddress.Read(email) is not { } address)
        {
            return Problem.Invalid("email", "Enter an e-mail address, such as ada@example.com.");
        }

        var normalized = address.ToUpperInvariant();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.Users.AnyAsync(row => row.NormalizedEmail == normalized, ct))
        {
            return Problem.Invalid("email", "Somebody has an account with this address already.");
        }

        await trail.AppendAsync(
            AdminEvent.Of(http, administrator, AccountEvents.Invited, "", clock.GetUtcNow()) with { Target = null, Personal = JsonSerializer.Serialize(new { email = address }) }, ct);
        return new InvitationLink(address, issuer.At(invitations.Create(address, administrator: false, administrator.Subject)));
    }

    private AuditEvent Event(HttpContext http, SignedInPerson administrator, string type, string id) => AdminEvent.Of(http, administrator, type, id, clock.GetUtcNow());

    private static Problem? Of(PersonStateChange change) => change switch
    {
        PersonStateChange.Done => null,
        PersonStateChange.LastAdministrator => Last,
        _ => Unchanged,
    };

    private static IQueryable<PersonLine> Lines(IQueryable<User> rows) =>
        rows.Select(row => new PersonLine(row.Id, row.Name, row.Email, row.EmailConfirmed, row.CreatedAt, row.IsAdministrator, row.Disabled, row.Source != null));
}
