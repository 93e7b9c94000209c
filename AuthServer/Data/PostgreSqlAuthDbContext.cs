using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

public sealed class PostgreSqlAuthDbContext(DbContextOptions<PostgreSqlAuthDbContext> options) : AuthDbContext(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);

        // A provider's status is what its connections saw lately: the planner weighs what was seen against them, and reads every connection where it cannot find those of one
        // provider. SQLite does not weigh: with such an index it would look up all that these connections ever saw, and without it, it begins at what was seen lately.
        builder.Entity<Connection>().HasIndex(row => new { row.ProviderId, row.OrganizationId });
    }
}
