using AuthServer.Audit;

namespace AuthServer.Pages.Developer.Trail;

/// <summary>Events as a table.</summary>
/// <param name="Page">Knows the names.</param>
/// <param name="Label">What they are, for who does not see it.</param>
public sealed record EventsView(TrailPage Page, IReadOnlyList<AuditEntry> Entries, string Label);
