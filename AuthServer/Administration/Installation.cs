using AuthServer.Agents;
using AuthServer.Audit;
using AuthServer.Configuration;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Mail;
using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace AuthServer.Administration;

/// <summary>The installation at a glance: what is wrong with it, and how much there is.</summary>
public sealed class Installation(
    IDbContextFactory<AuthDbContext> contexts, AuthServerSettings settings, IConfiguration configuration, SettingsInForce inForce, InstallationHealth health, AdminKeys keys, TrailChecks trail, Mails mails, TimeProvider clock)
{
    // How late a key may begin to sign before somebody should look.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    // A checkpoint is signed each minute in which something happened.
    private static readonly TimeSpan Unsealed = TimeSpan.FromMinutes(15);

    /// <summary>What of the configuration an operator should not leave as it is.</summary>
    public IReadOnlyList<SettingFinding> Findings { get; } =
    [
        .. SettingsFindings.Of(settings, (configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(found => found.Kind != FindingKind.WrittenSecret || inForce.SourceOf(found.Key) != SettingSource.Environment),
    ];

    public async Task<InstallationState> ReadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (state, signing) = (await health.ReadAsync(ct), await keys.ReadAsync(ct));
        await using var context = await contexts.CreateDbContextAsync(ct);
        return new InstallationState(
            state,
            Findings,
            await context.Mails.LongCountAsync(mail => mail.DueAt == null && mail.SentAt == null && mail.LastFailure != MailFailures.Replaced, ct),
            mails.AreSent ? await context.Mails.LongCountAsync(mail => mail.DueAt != null && mail.LastFailure != null, ct) : 0,
            mails.AreSent ? 0 : await context.Mails.LongCountAsync(mail => mail.Content != null && mail.ExpiresAt > now, ct),
            [.. signing.Signing.Where(line => line.State == KeyState.Current && line.Key.ActivatesAt + settings.Keys.Periods.RotateEvery + Patience < now).Select(line => line.Key.KeyId)],
            signing.Unwrapped,
            await context.RefreshCircuits.LongCountAsync(circuit => circuit.HeldUntil > now, ct),
            await context.Connections.LongCountAsync(connection => connection.Status == ConnectionStatus.Error, ct),
            await context.ConnectedAccounts.LongCountAsync(account => account.Status == AccountStatus.Active && account.Health == AccountHealth.Failing, ct),
            await context.Webhooks.LongCountAsync(webhook => !webhook.Enabled && webhook.DisabledReason != null, ct),
            trail.Last,
            await UnsealedSinceAsync(context, now, ct),
            new InstallationCounts(
                await context.Organizations.LongCountAsync(ct),
                await context.Users.LongCountAsync(ct),
                await context.Agents.LongCountAsync(agent => agent.Status == AgentStatus.Active, ct),
                await context.Applications.LongCountAsync(ct),
                await context.Connections.LongCountAsync(ct)));
    }

    private async Task<DateTimeOffset?> UnsealedSinceAsync(AuthDbContext context, DateTimeOffset now, CancellationToken ct)
    {
        var sealedUntil = (await trail.NewestCheckpointAsync(ct))?.At ?? DateTimeOffset.UnixEpoch;
        if (sealedUntil > now - Unsealed)
        {
            return null;
        }

        var (from, until) = (Identifiers.First("aud_", sealedUntil), Identifiers.First("aud_", now - Unsealed));
#pragma warning disable CA1309 // the database compares
        return await context.AuditEvents.Where(row => string.Compare(row.Id, from) > 0 && string.Compare(row.Id, until) < 0)
            .OrderBy(row => row.Id).Select(row => (DateTimeOffset?)row.At).FirstOrDefaultAsync(ct);
#pragma warning restore CA1309
    }
}

/// <param name="MailsGivenUp">That were never sent and never will be.</param>
/// <param name="MailsFailing">That could not be sent yet.</param>
/// <param name="MailsToPassOn">That wait for an administrator, where no mail is sent.</param>
/// <param name="OverdueKeys">That sign longer than they should.</param>
/// <param name="Unwrapped">Values of the vault that are not under its newest key yet.</param>
/// <param name="Trail">What the last verification found; null: nobody has asked since the start.</param>
/// <param name="UnsealedSince">When the oldest event happened that no checkpoint covers and one should; null: there is none.</param>
/// <param name="HeldConnections">Whose refreshes are held, because the provider refuses so many.</param>
public sealed record InstallationState(
    HealthFile Health,
    IReadOnlyList<SettingFinding> Findings,
    long MailsGivenUp,
    long MailsFailing,
    long MailsToPassOn,
    IReadOnlyList<string> OverdueKeys,
    long Unwrapped,
    long HeldConnections,
    long FailingConnections,
    long FailingAccounts,
    long DisabledWebhooks,
    TrailCheck? Trail,
    DateTimeOffset? UnsealedSince,
    InstallationCounts Counts);

/// <param name="Agents">That may act.</param>
public sealed record InstallationCounts(long Organizations, long People, long Agents, long Clients, long Connections);
