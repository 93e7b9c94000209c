using AuthServer.Audit;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>The trail, its checkpoints, and the counts of what never got that far.</summary>
internal static class TrailTables
{
    private const int IdLength = 100;
    private const int SubjectLength = 400;
    private const int AddressLength = 64;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<AuditEventRow>(table =>
        {
            table.ToTable("AuditEvents").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Type).HasMaxLength(100);
            table.Property(row => row.Outcome).HasMaxLength(20);
            table.Property(row => row.Subject).HasMaxLength(SubjectLength);
            table.Property(row => row.ClientId).HasMaxLength(SubjectLength);
            table.Property(row => row.AgentId).HasMaxLength(IdLength);
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.Property(row => row.Target).HasMaxLength(SubjectLength);
            table.Property(row => row.Reason).HasMaxLength(100);
            table.Property(row => row.PolicyId).HasMaxLength(IdLength);
            table.Property(row => row.CorrelationId).HasMaxLength(IdLength);
            table.Property(row => row.Address).HasMaxLength(AddressLength);
            table.Property(row => row.UserAgent).HasMaxLength(200);
            table.Property(row => row.Writer).HasMaxLength(IdLength);

            // Newest first by whom it concerns. They hold only rows that have the value: a machine's own token costs no entry.
            // AuditSelection repeats the conditions, else they would not serve.
            table.HasIndex(row => new { row.OrganizationId, row.Id }, "IX_AuditEvents_Organization").HasFilter("\"OrganizationId\" IS NOT NULL");
            table.HasIndex(row => new { row.OrganizationId, row.Id }, "IX_AuditEvents_OrganizationDenied")
                .HasFilter("\"OrganizationId\" IS NOT NULL AND \"Outcome\" = 'denied'");
            table.HasIndex(row => new { row.AgentId, row.Id }, "IX_AuditEvents_Agent").HasFilter("\"AgentId\" IS NOT NULL");
            table.HasIndex(row => new { row.Subject, row.Id }, "IX_AuditEvents_Person").HasFilter("\"Subject\" LIKE 'usr_%'");

            // What is left of things that are gone, by the thing.
            table.HasIndex(row => new { row.Target, row.Id }, "IX_AuditEvents_Gone").HasFilter(AuditQuery.OfGone);

            // How long organizations keep their parts, by what the trail says.
            table.HasIndex(row => new { row.OrganizationId, row.Id }, "IX_AuditEvents_Retention").HasFilter($"\"Type\" = '{TrailEvents.RetentionChanged}'");

            // Stubs, to find the ones that a chain begins with.
            table.HasIndex(row => new { row.Writer, row.Sequence }, "IX_AuditEvents_Stub").HasFilter("\"Type\" = ''");
        });
        builder.Entity<AuditCheckpoint>(table =>
        {
            table.ToTable("AuditCheckpoints").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Node).HasMaxLength(IdLength);
        });
        builder.Entity<RefusalCount>(table =>
        {
            table.ToTable("RefusalCounts").HasKey(row => new { row.Kind, row.Address, row.Minute });
            table.Property(row => row.Kind).HasMaxLength(IdLength);
            table.Property(row => row.Address).HasMaxLength(AddressLength);
        });
    }
}
