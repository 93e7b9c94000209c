using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Stores changes of connections: the rows, their versions and the events in one commit, alone in the organization.</summary>
public sealed class ConnectionSaves(TimeProvider clock)
{
    /// <summary>Of one organization.</summary>
    public const int Most = 200;

    /// <summary>Versions of one connection; older ones are dropped.</summary>
    public const int MostVersions = 200;

    internal static readonly Problem NoLonger = Problem.Forbidden("role", "You can no longer change connections.");

    private static readonly Problem TooMany = Problem.Conflict("too_many_connections", $"An organization can have {Most} connections.");
    private static readonly Problem NameTaken = Problem.Conflict("name_taken", "Another connection of your organization has this name.");
    private static readonly Problem ChangedMeanwhile = Problem.Conflict("changed_meanwhile", "The connection was changed meanwhile.");

    /// <summary>All or none. Null: they are stored.</summary>
    internal async Task<Problem?> SaveAsync(
        AuthDbContext context, HttpContext http, Developer developer, IReadOnlyList<ConnectionSave> changes, IfMatch match, CancellationToken ct)
    {
        var writing = new Writing(context, http, developer, clock.GetStoredNow(), ct);
        async Task<Problem?> WriteAsync()
        {
            foreach (var change in changes)
            {
                if (await writing.WriteAsync(change) is { } refused)
                {
                    return refused;
                }
            }

            return null;
        }

        try
        {
            return await context.TrySaveChangesAsync(developer, changes.Max(change => change.Draft.Role), NoLonger, WriteAsync, ct);
        }
        catch (DbUpdateConcurrencyException) // the framework has no other way to say that somebody else was first
        {
            return match.Versions is null ? ChangedMeanwhile : Problem.Stale;
        }
    }

    private sealed class Writing(AuthDbContext context, HttpContext http, Developer developer, DateTimeOffset now, CancellationToken ct)
    {
        public async Task<Problem?> WriteAsync(ConnectionSave change)
        {
            var row = change.Draft.Row;
            var isNew = context.Entry(row).State == EntityState.Detached;
            if (await RefuseAsync(row, isNew, change.OnlyAsFirst) is { } refused)
            {
                return refused;
            }

            // The row itself comes second: a database knows no moment in which there are two defaults.
            var wanted = await IsDefaultAsync(row, change.MayBecomeDefault);
            var changed = !isNew || !wanted || row.IsDefault ? change.Draft.Changed : [.. change.Draft.Changed, "is_default"];
            if (wanted)
            {
                await DisplaceAsync(row);
            }

            (row.IsDefault, row.UpdatedAt, row.Version) = (wanted, now, row.Version + 1);
            if (isNew)
            {
                context.Connections.Add(row);
            }

            // Whoever comes second hears of it here, and not from a version of that number.
            await context.SaveChangesAsync(ct);
            await KeepAsync(row, changed, change.Draft.SecretChanged);
            Tell(change, row, isNew, changed);
            await context.SaveChangesAsync(ct);
            return null;
        }

        private async Task<Problem?> RefuseAsync(Connection row, bool isNew, bool onlyAsFirst)
        {
            var own = context.Connections.Where(other => other.OrganizationId == row.OrganizationId);
            return isNew && await own.CountAsync(ct) >= Most ? TooMany
                : isNew && onlyAsFirst && await Alike(row).AnyAsync(other => other.IsDefault, ct) ? ChangedMeanwhile
                : await own.AnyAsync(other => other.NormalizedName == row.NormalizedName && other.Id != row.Id, ct) ? NameTaken
                : null;
        }

        private async Task<bool> IsDefaultAsync(Connection row, bool mayBecome) =>
            row.IsDefault || (mayBecome && !await Alike(row).AnyAsync(ct));

        private async Task DisplaceAsync(Connection row)
        {
            var others = await Alike(row).Where(other => other.IsDefault).ToListAsync(ct);
            if (others.Count == 0)
            {
                return;
            }

            row.IsDefault = false;
            foreach (var other in others)
            {
                (other.IsDefault, other.UpdatedAt, other.Version) = (false, now, other.Version + 1);
            }

            await context.SaveChangesAsync(ct);
            foreach (var other in others)
            {
                await KeepAsync(other, ["is_default"], secretChanged: false);
                context.AuditEvents.Add(AuditEventRow.From(ConnectionEvents.Of(ConnectionEvents.Updated, http, developer, other, now, ["is_default"])));
            }
        }

        private IQueryable<Connection> Alike(Connection row) => context.Connections.Where(
            other => other.OrganizationId == row.OrganizationId && other.ProviderId == row.ProviderId && other.Auth == row.Auth && other.Id != row.Id);

        private async Task KeepAsync(Connection row, IReadOnlyList<string> changed, bool secretChanged)
        {
            context.ConnectionVersions.Add(new ConnectionVersion
            {
                ConnectionId = row.Id,
                Number = row.Version,
                OrganizationId = row.OrganizationId,
                Snapshot = ConnectionSnapshot.Of(row).Write(),
                Changed = JsonSerializer.Serialize(changed, ApiJson.Options),
                SecretChanged = secretChanged,
                ChangedBy = developer.UserId,
                At = now,
            });
            context.ConnectionVersions.RemoveRange(
                await context.ConnectionVersions.Where(old => old.ConnectionId == row.Id).OrderByDescending(old => old.Number).Skip(MostVersions - 1).ToListAsync(ct));
        }

        private void Tell(ConnectionSave change, Connection row, bool isNew, IReadOnlyList<string> changed)
        {
            if (isNew || changed.Count > 0)
            {
                var told = ConnectionEvents.Of(change.Type, http, developer, row, now, changed, change.More, change.Account) with { Reason = change.Reason };
                context.AuditEvents.Add(AuditEventRow.From(told));
            }

            if (change.Draft.SecretChanged)
            {
                context.AuditEvents.Add(AuditEventRow.From(ConnectionEvents.Of(ConnectionEvents.SecretChanged, http, developer, row, now)));
            }
        }
    }
}

/// <summary>A change and how the trail calls it.</summary>
/// <param name="MayBecomeDefault">Whether it becomes the default where there is no other of its provider.</param>
/// <param name="More">Another number that the event says.</param>
internal sealed record ConnectionSave(ConnectionDraft Draft, string Type, bool MayBecomeDefault = false, (string Name, int Value)? More = null)
{
    /// <summary>Why, in one word for the trail.</summary>
    public string? Reason { get; init; }

    /// <summary>The account that was used for it; null: none.</summary>
    public string? Account { get; init; }

    /// <summary>Whether a new one is to be made only while there is no default of its provider.</summary>
    public bool OnlyAsFirst { get; init; }
}
