using AuthServer.Agents;
using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Notices;

/// <summary>Keys, certificates and secrets that expire within thirty days.</summary>
public sealed class ExpiringCredentials(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>No page, mail or round takes more at once.</summary>
    public const int Most = 100;

    private static readonly TimeSpan Ahead = TimeSpan.FromDays(ExpiringCredential.NoticeDays[^1]);

    /// <summary>An organization's, soonest first: those of which somebody is to be told.</summary>
    public async Task<IReadOnlyList<ExpiringCredential>> OfAsync(string organizationId, DateTimeOffset now, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        List<ExpiringCredential> found = [];
        foreach (var kind in Kinds(context, now, now + Ahead))
        {
            found.AddRange(await kind.Where(one => one.OrganizationId == organizationId).OrderBy(one => one.ExpiresAt).Take(Most).ToListAsync(ct));
        }

        return [.. found.Where(one => one.NoticeAt(now) is not null).OrderBy(one => one.ExpiresAt).ThenBy(one => one.Id, StringComparer.Ordinal).Take(Most)];
    }

    /// <summary>Everybody's whose notice of so many days is due and was not given: as many as one round takes.</summary>
    /// <param name="before">Those that expire before this moment are left out: an earlier notice tells of them.</param>
    public async Task<IReadOnlyList<ExpiringCredential>> DueAsync(int days, DateTimeOffset before, DateTimeOffset now, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        List<ExpiringCredential> found = [];
        foreach (var kind in Kinds(context, before, now.AddDays(days)))
        {
            found.AddRange(await kind
                .Where(one => !context.ExpiryNotices.Any(notice => notice.CredentialId == one.Id && notice.Days <= days))
                .OrderBy(one => one.ExpiresAt).Take(Most).ToListAsync(ct));
        }

        return found;
    }

    /// <summary>What is live now and expires in this span, by kind.</summary>
    private static IQueryable<ExpiringCredential>[] Kinds(AuthDbContext context, DateTimeOffset after, DateTimeOffset until) =>
    [
        context.ApiKeys.AsNoTracking().Where(key => key.RevokedAt == null && key.ExpiresAt > after && key.ExpiresAt <= until)
            .Join(context.Agents.Where(agent => agent.Status != AgentStatus.Revoked && agent.OwnerId != null), key => key.AgentId, agent => agent.Id, (key, agent) => new ExpiringCredential
            {
                Id = key.Id,
                Kind = ExpiringKind.AgentKey,
                Name = agent.Name,
                Hint = key.Hint,
                AgentId = agent.Id,
                OrganizationId = agent.OrganizationId,
                CreatedAt = key.CreatedAt,
                ExpiresAt = key.ExpiresAt!.Value,
            }),
        Secrets(context, ExpiringKind.AgentSecret, after, until, context.Agents.Where(agent => agent.Status != AgentStatus.Revoked)
            .Select(agent => new SecretOwner { ApplicationId = agent.ApplicationId, Name = agent.Name, AgentId = agent.Id, OrganizationId = agent.OrganizationId })),
        Secrets(context, ExpiringKind.ApplicationSecret, after, until, context.OrganizationApplications.Where(owned => owned.RemovedAt == null)
            .Join(context.Applications, owned => owned.ApplicationId, row => row.Id, (owned, row) => new SecretOwner
            {
                ApplicationId = owned.ApplicationId, Name = row.DisplayName ?? "", OrganizationId = owned.OrganizationId,
            })),
        Secrets(context, ExpiringKind.ResourceSecret, after, until, context.ProtectedResources.Where(api => api.OrganizationId != null)
            .Select(api => new SecretOwner { ApplicationId = api.ApplicationId, Name = api.DisplayName ?? api.Uri, OrganizationId = api.OrganizationId! })),
        context.DeveloperKeys.AsNoTracking().Where(key => key.RevokedAt == null && key.ReplacedBy == null && key.ExpiresAt > after && key.ExpiresAt <= until)
            .Select(key => new ExpiringCredential
            {
                Id = key.Id,
                Kind = ExpiringKind.DeveloperKey,
                Name = key.Name,
                Hint = key.Hint,
                OrganizationId = key.OrganizationId,
                CreatedAt = key.CreatedAt,
                ExpiresAt = key.ExpiresAt!.Value,
            }),
        context.Certificates.AsNoTracking().Where(one => one.RevokedAt == null && one.ExpiresAt > after && one.ExpiresAt <= until)
            .Select(one => new ExpiringCredential
            {
                Id = one.Id,
                Kind = ExpiringKind.Certificate,
                Name = one.Name,
                OrganizationId = one.OrganizationId,
                CreatedAt = one.CreatedAt,
                ExpiresAt = one.ExpiresAt,
            }),
    ];

    private static IQueryable<ExpiringCredential> Secrets(AuthDbContext context, ExpiringKind kind, DateTimeOffset after, DateTimeOffset until, IQueryable<SecretOwner> owners) =>
        context.ClientSecrets.AsNoTracking().Where(secret => secret.ExpiresAt > after && secret.ExpiresAt <= until)
            .Join(owners, secret => secret.ApplicationId, owner => owner.ApplicationId, (secret, owner) => new ExpiringCredential
            {
                Id = secret.Id,
                Kind = kind,
                Name = owner.Name,
                Hint = secret.Hint,
                AgentId = owner.AgentId,
                OrganizationId = owner.OrganizationId,
                CreatedAt = secret.CreatedAt,
                ExpiresAt = secret.ExpiresAt!.Value,
            });

    /// <summary>Whose secret it is: an agent's, an application's or an API's.</summary>
    private sealed class SecretOwner
    {
        public string? ApplicationId { get; init; }

        public required string Name { get; init; }

        public string? AgentId { get; init; }

        public required string OrganizationId { get; init; }
    }
}
