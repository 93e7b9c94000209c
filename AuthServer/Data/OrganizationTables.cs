using AuthServer.Accounts;
using AuthServer.Agents;
using AuthServer.Agents.Claims;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Data.OpenIddict;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Organizations, their people and keys, and their agents.</summary>
internal static class OrganizationTables
{
    private const int IdLength = 100;
    private const int NameLength = 200;
    private const int HashLength = 100;
    private const int HintLength = 20;
    private const int VersionLength = 50;
    private const int NetworkLength = 64;

    public static void Map(ModelBuilder builder)
    {
        MapOrganizations(builder);
        MapKeys(builder);
        builder.Entity<Agent>(table =>
        {
            table.ToTable("Agents").HasKey(row => row.Id);
            table.Ignore(row => row.Identity);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Name).HasMaxLength(AgentRules.LongestName);
            table.Property(row => row.Version).HasMaxLength(VersionLength).IsConcurrencyToken();
            table.Property(row => row.NameScope).HasMaxLength(IdLength);
            table.Property(row => row.SuspendedWithId).HasMaxLength(IdLength);
            table.HasIndex(row => row.ApplicationId).IsUnique();
            table.HasIndex(row => new { row.OrganizationId, row.Id });
            table.HasIndex(row => row.OwnerId);

            // A revoked agent (AgentStatus.Revoked is 3) leaves its name to others.
            table.HasIndex(row => new { row.NameScope, row.NormalizedName }).IsUnique().HasFilter("\"Status\" <> 3");
            table.HasOne<OpenIddictApplication>().WithOne().HasForeignKey<Agent>(row => row.ApplicationId).OnDelete(DeleteBehavior.Restrict);
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Restrict);
            table.HasOne<Agent>().WithMany().HasForeignKey(row => row.ParentAgentId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<AgentClaim>(table =>
        {
            table.ToTable("AgentClaims").HasKey(row => row.AgentId);
            table.Property(row => row.AgentId).HasMaxLength(IdLength);
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.Property(row => row.TokenHash).HasMaxLength(HashLength);
            table.Property(row => row.Network).HasMaxLength(NetworkLength);
            table.Property(row => row.Neighbourhood).HasMaxLength(NetworkLength);
            table.HasIndex(row => row.TokenHash).IsUnique();
            table.HasIndex(row => row.OrganizationId);
            table.HasIndex(row => row.ExpiresAt);
            table.HasIndex(row => row.Network);
            table.HasIndex(row => row.Neighbourhood);
            table.HasOne<Agent>().WithOne().HasForeignKey<AgentClaim>(row => row.AgentId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void MapOrganizations(ModelBuilder builder)
    {
        builder.Entity<Organization>(table =>
        {
            table.ToTable("Organizations").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Name).HasMaxLength(NameLength);
            table.Property(row => row.Version).HasMaxLength(VersionLength).IsConcurrencyToken();
        });
        builder.Entity<Member>(table =>
        {
            table.ToTable("Members").HasKey(row => new { row.OrganizationId, row.UserId });
            table.HasIndex(row => row.UserId);

            // Exactly one owner, whatever happens at once: Role.Owner is 4.
            table.HasIndex(row => row.OrganizationId).IsUnique().HasFilter("\"Role\" = 4");
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
            table.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<OrganizationInvitation>(table =>
        {
            table.ToTable("OrganizationInvitations").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Email).HasMaxLength(EmailAddress.Longest);
            table.Property(row => row.TokenHash).HasMaxLength(HashLength);

            // Whoever accepts or revokes it first wins, whatever else they store with it.
            table.Property(row => row.AcceptedAt).IsConcurrencyToken();
            table.Property(row => row.RevokedAt).IsConcurrencyToken();
            table.HasIndex(row => row.TokenHash).IsUnique();
            table.HasIndex(row => row.OrganizationId);
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void MapKeys(ModelBuilder builder)
    {
        builder.Entity<DeveloperKey>(table =>
        {
            table.ToTable("DeveloperKeys").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Name).HasMaxLength(NameLength);
            table.Property(row => row.Hint).HasMaxLength(HintLength);
            table.Property(row => row.Hash).HasMaxLength(HashLength);
            table.Property(row => row.ReplacedBy).HasMaxLength(IdLength);
            table.HasIndex(row => row.Hash).IsUnique();
            table.HasIndex(row => row.OrganizationId);
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ApiKey>(table =>
        {
            table.ToTable("ApiKeys").HasKey(row => row.Id);
            table.Ignore(row => row.BoundScopes);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Hint).HasMaxLength(HintLength);
            table.Property(row => row.Hash).HasMaxLength(HashLength);
            table.HasIndex(row => row.Hash).IsUnique();
            table.Property(row => row.GivenById).HasMaxLength(IdLength);
            table.HasIndex(row => row.AgentId);
            table.HasIndex(row => row.GivenById);
            table.HasIndex(row => row.ExpiresAt).HasFilter("\"ExpiresAt\" IS NOT NULL");
            table.HasOne<Agent>().WithMany().HasForeignKey(row => row.AgentId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ClientSecret>(table =>
        {
            table.ToTable("ClientSecrets").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Hash).HasMaxLength(HashLength);
            table.Property(row => row.Hint).HasMaxLength(HintLength);
            table.HasIndex(row => row.ApplicationId);
            table.HasIndex(row => row.ExpiresAt).HasFilter("\"ExpiresAt\" IS NOT NULL");
            table.HasOne<OpenIddictApplication>().WithMany().HasForeignKey(row => row.ApplicationId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
