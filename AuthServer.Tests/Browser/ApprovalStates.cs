using AuthServer.Approvals;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of what agents ask people to approve.</summary>
internal static class ApprovalStates
{
    private const string Own = "/approvals";
    private const string OwnOne = Own + "/{id}";
    private const string Organizations = "/developer/approvals";
    private const string OrganizationsOne = Organizations + "/{id}";

    public static PageState[] All { get; } =
    [
        new("approvals", Own, visit => OpenAsync(visit, isOfPerson: true, RiskLevel.High, _ => Own)),
        new("approval", OwnOne, visit => OpenAsync(visit, isOfPerson: true, RiskLevel.High, ids => $"{Own}/{ids[0]}")),
        new("approval-critical", OwnOne, async visit =>
        {
            await OpenAsync(visit, isOfPerson: true, RiskLevel.Critical, ids => $"{Own}/{ids[0]}");
            visit.Site.Clock.Advance(TimeSpan.FromMinutes(6));
            await visit.Page.ReloadAsync();
        }),
        new("approval-answered", OwnOne, visit => OpenAsync(visit, isOfPerson: true, RiskLevel.High, ids => $"{Own}/{ids[1]}?done=late")),
        new("approval-gone", OwnOne, async visit =>
        {
            await OpenAsync(visit, isOfPerson: true, RiskLevel.High, ids => $"{Own}/{ids[0]}");
            var id = new Uri(visit.Page.Url).Segments[^1];
            var was = await visit.Site.QueryAsync(context => context.Approvals.AsNoTracking().SingleAsync(row => row.Id == id));
            var refusal = AuditEvent.Of("policy.refused", AuditOutcomes.Denied, visit.Site.Clock.Now) with { Subject = was.UserId, AgentId = was.AgentId, OrganizationId = was.OrganizationId, Scope = "email:send" };
            var asked = ApprovalEvents.OfRequested(refusal, was, visit.Site.Clock.Now);
            await visit.Site.Services.GetRequiredService<IAuditTrail>().AppendAsync(asked, default);
            await visit.Site.QueryAsync(context => context.Approvals.Where(row => row.Id == id).ExecuteDeleteAsync());
            Assert.Equal(410, (await visit.Page.ReloadAsync())!.Status);
        }),
        new("developer-approvals", Organizations, visit => OpenAsync(visit, isOfPerson: true, RiskLevel.High, _ => Organizations)),
        new("developer-approval", OrganizationsOne, visit => OpenAsync(visit, isOfPerson: false, RiskLevel.High, ids => $"{Organizations}/{ids[2]}?organization={ids[3]}")),
    ];

    /// <param name="page">Of the ids of one that waits, one that was denied, one that holds, and the organization.</param>
    private static async Task OpenAsync(Visit visit, bool isOfPerson, RiskLevel risk, Func<string[], string> page)
    {
        using var nobody = visit.Site.Rest();
        var registered = await nobody.RegisterDeveloperAsync("Acme AI");
        var (owner, organization) = (registered.GetProperty("developer"), registered.GetProperty("organization").GetProperty("id").GetString()!);
        var (userId, now) = (owner.GetProperty("id").GetString()!, visit.Site.Clock.Now);
        Approval[] rows =
        [
            Row(organization, userId, isOfPerson, risk, now, ApprovalStatus.Pending, "SmartMail"),
            Row(organization, userId, isOfPerson, risk, now, ApprovalStatus.Denied, PageStates.Long),
            Row(organization, userId, isOfPerson, risk, now, ApprovalStatus.Approved, "SmartMail"),
        ];
        await visit.Site.QueryAsync(async context =>
        {
            context.Approvals.AddRange(rows);
            return await context.SaveChangesAsync();
        });
        await visit.SignInAsync(owner.GetProperty("email").GetString()!, Rest.Password);
        await visit.GoAsync(page([.. rows.Select(row => row.Id), organization]));
    }

    private static Approval Row(string organization, string userId, bool isOfPerson, RiskLevel risk, DateTimeOffset now, ApprovalStatus status, string agent)
    {
        var answered = status != ApprovalStatus.Pending;
        var id = Identifiers.New(Approval.IdPrefix, now);
        return new Approval
        {
            Id = id,
            OrganizationId = organization,
            AgentId = "agt_00000000000000000000000000",
            UserId = isOfPerson ? userId : null,
            DeciderId = isOfPerson ? userId : null,
            Digest = id,
            Standing = id,
            Status = status,
            PolicyId = "pol_00000000000000000000000000",
            IsCritical = risk == RiskLevel.Critical,
            Shown = new ApprovalShown
            {
                AgentName = agent,
                AgentOwner = agent == "SmartMail" ? "Acme AI" : PageStates.Long,
                Actions = [new("email:send", "Send e-mail in your name", risk)],
                ConnectionName = isOfPerson ? null : "Mail of the office",
                AccountName = "office@acme.example",
                Method = isOfPerson ? null : "POST",
                Target = isOfPerson ? "/mails/7" : "/v1/messages/" + new string('a', 120),
                Amount = isOfPerson ? 1234.5m : null,
                Currency = isOfPerson ? "EUR" : null,
                Details = new Dictionary<string, string> { ["recipient"] = PageStates.Long },
                PolicyNames = ["Ask before mail"],
            }.Write(),
            CreatedAt = now,
            ExpiresAt = now.AddHours(8),
            DecidedAt = answered ? now : null,
            DecidedBy = answered ? userId : null,
            Note = status == ApprovalStatus.Denied ? "Not to people outside of the company." : null,
            Uses = status == ApprovalStatus.Approved ? 2 : 0,
            UsedAt = status == ApprovalStatus.Approved ? now : null,
        };
    }
}
