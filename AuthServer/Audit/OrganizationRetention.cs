using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Audit;

/// <summary>Says and changes how long an organization's part of the trail is kept.</summary>
public sealed class OrganizationRetention(IDbContextFactory<AuthDbContext> contexts, AuditSettings settings, TimeProvider clock)
{
    private const int MostDays = 36_500;

    public async Task<Answer<RetentionSetting>> FindAsync(Developer developer, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var found = await context.Organizations.AsNoTracking().Where(row => row.Id == developer.OrganizationId)
            .Select(row => new { row.AuditRetentionDays, row.Version }).SingleOrDefaultAsync(ct);
        return found is null ? Problem.NotFound : Setting(found.AuditRetentionDays, found.Version);
    }

    public async Task<Answer<RetentionSetting>> SetAsync(HttpContext http, Developer developer, RetentionBody body, IfMatch version, CancellationToken ct)
    {
        if (body.Days is < 1 or > MostDays)
        {
            return Problem.Invalid("days", $"Give a number from 1 to {MostDays}, or null.");
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.Organizations.SingleOrDefaultAsync(row => row.Id == developer.OrganizationId, ct) is not { } organization)
        {
            return Problem.NotFound;
        }

        if (!version.Allows(organization.Version))
        {
            return Problem.Stale;
        }

        context.AuditEvents.Add(AuditEventRow.From(http.Event(TrailEvents.RetentionChanged, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = developer.UserId,
            OrganizationId = organization.Id,
            Target = organization.Id,
            Detail = JsonSerializer.Serialize(new Details(developer.KeyId, organization.AuditRetentionDays, body.Days), ApiJson.Options),
        }));
        (organization.AuditRetentionDays, organization.Version) = (body.Days, Guid.NewGuid().ToString());
        try
        {
            await context.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Stale;
        }

        return Setting(organization.AuditRetentionDays, organization.Version);
    }

    /// <summary>How many days a <see cref="TrailEvents.RetentionChanged"/> says.</summary>
    internal static int? DaysOf(AuditEventRow changed)
    {
        using var detail = JsonDocument.Parse(changed.Detail ?? "{}");
        return detail.RootElement.TryGetProperty("after", out var after) && after.ValueKind == JsonValueKind.Number ? after.GetInt32() : null;
    }

    private RetentionSetting Setting(int? days, string version) => new(days, settings.Retention is { } kept ? (int)kept.TotalDays : null, version);

    /// <param name="Key">The developer key that it was done with; null: a person did it.</param>
    private sealed record Details(
        string? Key,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Before,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? After);
}
