using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Html;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Pages.Texts;
using Caller = AuthServer.Http.Api.Developer;

namespace AuthServer.Pages.Developer.Former;

/// <summary>In which organizations somebody was a member and is none any more, as far back as their trails are kept.</summary>
public sealed class FormerMemberships(AuditQuery trail, IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>Newest ending first.</summary>
    public async Task<IReadOnlyList<FormerMembership>> OfAsync(string userId, CancellationToken ct)
    {
        var endings = (await trail.OfGoneAsync(userId, null, ct)).Where(told => told.Type == OrganizationEvents.MemberRemoved).DistinctBy(told => told.OrganizationId).ToList();
        if (endings.Count == 0)
        {
            return [];
        }

        var ids = endings.ConvertAll(ending => ending.OrganizationId);
        await using var context = await contexts.CreateDbContextAsync(ct);
        var names = await context.Organizations.AsNoTracking()
            .Where(row => ids.Contains(row.Id) && !context.Members.Any(member => member.OrganizationId == row.Id && member.UserId == userId))
            .ToDictionaryAsync(row => row.Id, row => row.Name, StringComparer.Ordinal, ct);
        return [.. endings.Where(ending => names.ContainsKey(ending.OrganizationId!)).Select(ending => new FormerMembership(ending.OrganizationId!, names[ending.OrganizationId!], ending))];
    }

    /// <summary>Whoever ended it, as the one who was a member may know them: members by name, administrators of the server not. Null: nobody who has a name.</summary>
    public async Task<string?> EnderAsync(FormerMembership former, CancellationToken ct)
    {
        var ender = former.Ending.UserId;
        if (ender == former.Ending.Target)
        {
            return T("You");
        }

        if (former.WasClosed && (await trail.OfGoneAsync(former.OrganizationId, former.OrganizationId, ct)).Any(told => told is { Type: OrganizationEvents.Closed, Reason: OrganizationEvents.ByAdministrator }))
        {
            return T("An administrator of this server");
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Users.AsNoTracking().Where(user => user.Id == ender).Select(user => user.Name).FirstOrDefaultAsync(ct) is { } name ? Names.Shown(name) : null;
    }
}

/// <summary>What is told of an organization to somebody who was a member.</summary>
/// <param name="Ending">The event that took them out.</param>
public sealed record FormerMembership(string OrganizationId, string Name, AuditEntry Ending)
{
    public bool WasClosed => Ending.Reason == OrganizationEvents.WasClosed;

    public bool HasLeft => Ending.Reason == OrganizationEvents.Left;

    /// <summary>What became of it, as a sentence.</summary>
    public IHtmlContent Words
    {
        get
        {
            var (name, at) = (Names.Shown(Name), Durations.Moment(Ending.Timestamp));
            return WasClosed ? H("<bdi>{0}</bdi> was closed on {1}.", name, at)
                : HasLeft ? H("You left <bdi>{0}</bdi> on {1}.", name, at)
                : H("You were removed from <bdi>{0}</bdi> on {1}.", name, at);
        }
    }

    /// <summary>The one that they had, to look up what there is with, and to show nothing by.</summary>
    public Seat Seat => new(new Caller(OrganizationId, Ending.Target!, Role.Auditor, null), new NamedMembership(OrganizationId, Name, Role.Auditor));

    public string Address => $"/developer/gone/organization?organization={OrganizationId}";
}
