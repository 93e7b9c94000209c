using AuthServer.Approvals;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>What people are asked, and what they answered.</summary>
internal static class ApprovalTables
{
    private const int IdLength = 100;
    private const int WordLength = 50;
    private const int DigestLength = 100;

    public static void Map(ModelBuilder builder) => builder.Entity<Approval>(table =>
    {
        table.ToTable("Approvals").HasKey(row => row.Id);
        table.Property(row => row.Id).HasMaxLength(IdLength);
        table.Property(row => row.AgentId).HasMaxLength(IdLength);
        table.Property(row => row.UserId).HasMaxLength(IdLength);
        table.Property(row => row.DeciderId).HasMaxLength(IdLength);
        table.Property(row => row.Digest).HasMaxLength(DigestLength);
        table.Property(row => row.Standing).HasMaxLength(DigestLength);
        table.Property(row => row.PolicyId).HasMaxLength(IdLength);
        table.Property(row => row.PolicyVersion).HasMaxLength(WordLength);
        table.Property(row => row.AuthorizationId).HasMaxLength(IdLength);
        table.Property(row => row.DecidedBy).HasMaxLength(IdLength);
        table.Property(row => row.Note).HasMaxLength(ApprovalRules.LongestNote);
        table.Property(row => row.UsedAction).HasMaxLength(DigestLength);
        table.Property(row => row.EndReason).HasMaxLength(WordLength);
        table.Ignore(row => row.Page);

        // However many ask the same at once, a person is asked once.
        table.HasIndex(row => row.Standing).IsUnique();
        table.HasIndex(row => row.Digest);
        table.HasIndex(row => new { row.DeciderId, row.Id });
        table.HasIndex(row => new { row.OrganizationId, row.DeciderId, row.Id });

        // What waits is counted for every page of the portal.
        table.HasIndex(row => new { row.DeciderId, row.Status, row.OrganizationId, row.ExpiresAt });
        table.HasIndex(row => new { row.AgentId, row.Status });
        table.HasIndex(row => row.UserId);
        table.HasIndex(row => new { row.Status, row.ExpiresAt });
        table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
    });
}
