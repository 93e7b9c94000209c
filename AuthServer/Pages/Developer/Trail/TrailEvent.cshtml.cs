using System.Text.Encodings.Web;
using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Trail;

/// <summary>One event in full, its place in the chain, and what belongs to the same request.</summary>
public sealed class TrailEventModel(Seats seats, NamesInOrganization names, AuditQuery trail, TrailSeals seals) : TrailPage(seats, names)
{
    private const int MostBeside = 20;

    // A request is over long before.
    private static readonly TimeSpan Near = TimeSpan.FromHours(1);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public AuditEntry Entry { get; private set; } = null!;

    public EventPlace? Place { get; private set; }

    /// <summary>The others of the same request, oldest first.</summary>
    public IReadOnlyList<AuditEntry> Related { get; private set; } = [];

    /// <summary>The ones right before it in the organization's part, newest first.</summary>
    public IReadOnlyList<AuditEntry> Before { get; private set; } = [];

    public string? Details => Entry.Details is { } details ? JsonSerializer.Serialize(details, Indented) : null;

    public async Task<IActionResult> OnGetAsync(string? organization, string id, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        // Another's event is not there.
        if (Seat is not { } seat || Identifiers.Read("aud_", id) is not { } read
            || await trail.GetAsync(read, ct) is not { } entry || entry.OrganizationId != seat.Organization.OrganizationId)
        {
            return NotFound();
        }

        (Entry, Place) = (entry, await seals.PlaceAsync(read, ct));
        var filter = new AuditFilter { OrganizationId = entry.OrganizationId };
        Before = (await trail.FindAsync(filter with { Cursor = entry.Id }, 3, ct)).Entries;
        if (entry.CorrelationId is { } correlation)
        {
            var part = await trail.FindAsync(filter with { CorrelationId = correlation, From = entry.Timestamp - Near, To = entry.Timestamp + Near }, MostBeside, ct);
            Related = [.. part.Entries.Where(other => other.Id != entry.Id).Reverse()];
        }

        await NameAsync([entry, .. Related, .. Before], ct);
        return Page();
    }
}
