using AuthServer.Data;
using AuthServer.Tests.Support;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Monitoring;

/// <summary>A provider's status is read across all organizations: that takes no look at every connection.</summary>
public sealed class ProviderEvidenceTests(SqliteStore sqlite, PostgreSqlStore postgres) : IClassFixture<SqliteStore>, IClassFixture<PostgreSqlStore>
{
    [Theory]
    [InlineData("slack")]
    [InlineData("slack/acct_1")]
    public async Task On_SQLite_it_begins_at_what_was_seen_lately_or_at_one_organizations_connections(string key)
    {
        var plan = await PlanAsync(sqlite, "EXPLAIN QUERY PLAN ", key, row => row.GetString(3));

        Assert.DoesNotContain("SCAN", plan, StringComparison.Ordinal);
        Assert.Contains(key == "slack" ? "IX_CredentialPulses_SeenAt" : "IX_Connections_OrganizationId", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_PostgreSQL_the_connections_of_one_provider_have_an_index()
    {
        // The tables are empty: what the planner would rather do with them says nothing.
        var plan = await PlanAsync(postgres, "SET enable_seqscan = off; SET enable_nestloop = off; EXPLAIN ", "slack", row => row.GetString(0));

        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.Contains("\"ProviderId\"", plan, StringComparison.Ordinal);
        Assert.Contains("IX_Connections_ProviderId_OrganizationId", plan, StringComparison.Ordinal);
    }

    private static async Task<string> PlanAsync(DatabaseStore store, string explain, string key, Func<System.Data.Common.DbDataReader, string> read)
    {
        await using var context = await store.Services.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
        await using var command = ProviderStatuses.EvidenceOf(context, key, DateTimeOffset.UnixEpoch).CreateDbCommand();
        await context.Database.OpenConnectionAsync();
        command.CommandText = explain + command.CommandText;
        await using var rows = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await rows.ReadAsync())
        {
            lines.Add(read(rows));
        }

        return string.Join('\n', lines);
    }
}
