using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Notices;
using AuthServer.Vault.Connections;
using AuthServer.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>What an organization has, and what of it needs somebody, as one of its members may see it.</summary>
public sealed class OrganizationOverview(IDbContextFactory<AuthDbContext> contexts, OrganizationConnections connections, ExpiringCredentials expiring, FirstSteps steps, TimeProvider clock)
{
    public async Task<Overview> ReadAsync(Developer member, CancellationToken ct)
    {
        var (organization, now) = (member.OrganizationId, clock.GetUtcNow());
        var every = new ConnectionFilter(null, null, null, null, null, false, null, null);
        var seen = (await connections.ListAsync(new ActingParty(member), every, new Paging(ConnectionSaves.Most, 0, null, null), ct)).Value?.Data ?? [];
        await using var context = await contexts.CreateDbContextAsync(ct);
        var agents = context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == organization && agent.Status != AgentStatus.Revoked);
        var webhooks = context.Webhooks.AsNoTracking().Where(webhook => webhook.OrganizationId == organization);
        return new Overview
        {
            Agents = await agents.CountAsync(ct),
            SuspendedAgents = await agents.CountAsync(agent => agent.Status == AgentStatus.Suspended, ct),
            Policies = await context.Policies.CountAsync(policy => policy.OrganizationId == organization, ct),
            Webhooks = await webhooks.CountAsync(ct),
            FailingWebhooks = await webhooks.CountAsync(
                webhook => (webhook.Enabled && webhook.FailingSince != null) || webhook.DisabledReason == DisabledReasons.Failing || webhook.DisabledReason == DisabledReasons.Gone, ct),
            MakerlessWebhooks = await webhooks.CountAsync(webhook => webhook.DisabledReason == DisabledReasons.MakerGone, ct),
            Invitations = await context.OrganizationInvitations.CountAsync(
                row => row.OrganizationId == organization && row.AcceptedAt == null && row.RevokedAt == null && row.ExpiresAt > now, ct),
            Connections = seen.Count,
            FailedConnections = seen.Count(connection => connection.Status == ConnectionStatus.Error),
            OverdueSecrets = seen.Count(connection => connection.RotationOverdue == true),
            Expiring = await expiring.OfAsync(organization, now, ct),
            Steps = await steps.ReadAsync(organization, ct),
            At = now,
        };
    }
}

/// <summary>An organization at one moment.</summary>
public sealed record Overview
{
    /// <summary>Those that were not revoked.</summary>
    public required int Agents { get; init; }

    public required int SuspendedAgents { get; init; }

    public required int Policies { get; init; }

    public required int Webhooks { get; init; }

    /// <summary>Whose address does not answer, or that were switched off for that.</summary>
    public required int FailingWebhooks { get; init; }

    /// <summary>Disabled because whoever answered for them may not any more. What a member has disabled needs nobody.</summary>
    public required int MakerlessWebhooks { get; init; }

    /// <summary>Those that wait for an answer.</summary>
    public required int Invitations { get; init; }

    /// <summary>Those that the member may see, here and below.</summary>
    public required int Connections { get; init; }

    public required int FailedConnections { get; init; }

    /// <summary>Secrets of connections that should have been replaced by now.</summary>
    public required int OverdueSecrets { get; init; }

    /// <summary>Soonest first.</summary>
    public required IReadOnlyList<ExpiringCredential> Expiring { get; init; }

    public required StepsTaken Steps { get; init; }

    public required DateTimeOffset At { get; init; }
}
