using AuthServer.Accounts;
using AuthServer.Mail;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>What is mailed, and the links in it.</summary>
internal static class MailTables
{
    private const int IdLength = 100;
    private const int WordLength = 50;
    private const int AddressLength = 64;
    private const int UserAgentLength = 200;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<OutgoingMail>(table =>
        {
            table.ToTable("Mails").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Kind).HasMaxLength(WordLength);
            table.Property(row => row.UserId).HasMaxLength(IdLength);
            table.Property(row => row.Recipient).HasMaxLength(EmailAddress.Longest);
            table.Property(row => row.NormalizedRecipient).HasMaxLength(2 * EmailAddress.Longest);
            table.Property(row => row.LastFailure).HasMaxLength(WordLength);
            table.HasIndex(row => row.DueAt).HasFilter("\"DueAt\" IS NOT NULL");
            table.HasIndex(row => new { row.NormalizedRecipient, row.Kind, row.CreatedAt });
            table.HasIndex(row => row.UserId);
            table.HasIndex(row => row.CreatedAt);
        });
        builder.Entity<MailedLink>(table =>
        {
            // One of a kind: a new link takes the place of the old, whoever asks at the same time.
            table.ToTable("MailedLinks").HasKey(row => new { row.UserId, row.Kind });
            table.Property(row => row.Hash).HasMaxLength(IdLength);
            table.Property(row => row.Email).HasMaxLength(EmailAddress.Longest);
            table.Property(row => row.Stamp).HasMaxLength(IdLength);
            table.HasIndex(row => row.Hash).IsUnique();
            table.HasIndex(row => row.ExpiresAt);
            table.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<PasswordRequest>(table =>
        {
            table.ToTable("PasswordRequests").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Account).HasMaxLength(2 * EmailAddress.Longest);
            table.Property(row => row.Address).HasMaxLength(AddressLength);
            table.Property(row => row.UserAgent).HasMaxLength(UserAgentLength);
        });
    }
}
