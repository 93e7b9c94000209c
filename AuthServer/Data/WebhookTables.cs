using AuthServer.Organizations;
using AuthServer.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Who wants to hear of what, and what they were sent.</summary>
internal static class WebhookTables
{
    private const int IdLength = 100;
    private const int WordLength = 50;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<Webhook>(table =>
        {
            table.ToTable("Webhooks").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.CreatedBy).HasMaxLength(IdLength);
            table.Property(row => row.Url).HasMaxLength(WebhookRules.LongestUrl);
            table.Property(row => row.Description).HasMaxLength(WebhookRules.LongestDescription);
            table.Property(row => row.DisabledReason).HasMaxLength(WordLength);
            table.Property(row => row.ReadTo).HasMaxLength(IdLength);
            table.Property(row => row.Version).HasMaxLength(WordLength).IsConcurrencyToken();
            table.HasIndex(row => new { row.OrganizationId, row.Id });
            table.HasIndex(row => row.CreatedBy);
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<WebhookDelivery>(table =>
        {
            table.ToTable("WebhookDeliveries").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.EventId).HasMaxLength(IdLength);
            table.Property(row => row.Event).HasMaxLength(IdLength);
            table.Property(row => row.LastFailure).HasMaxLength(WordLength);
            table.HasIndex(row => new { row.WebhookId, row.Id });

            // However many nodes find an event, and however often, it is sent to a webhook once.
            table.HasIndex(row => new { row.EventId, row.WebhookId }).IsUnique();
            table.HasIndex(row => new { row.WebhookId, row.DueAt }).HasFilter("\"DueAt\" IS NOT NULL");
            table.HasOne<Webhook>().WithMany().HasForeignKey(row => row.WebhookId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
