using AuthServer.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace AuthServer.Tests.Data;

public sealed class ModelTests
{
    [Fact]
    public void Both_databases_have_the_same_tables_columns_keys_and_indexes_but_one()
    {
        using var sqlite = new DesignTimeSqlite().CreateDbContext([]);
        using var postgreSql = new DesignTimePostgreSql().CreateDbContext([]);
        var described = Describe(postgreSql);

        // Its planner weighs, as SQLite's does not: see PostgreSqlAuthDbContext.
        Assert.Equal(1, described.RemoveAll(line => line.StartsWith("Connections index IX_Connections_ProviderId_OrganizationId ", StringComparison.Ordinal)));
        Assert.Equal(described, Describe(sqlite));
    }

    [Fact]
    public void SQLite_has_a_migration_for_all_of_the_model()
    {
        using var context = new DesignTimeSqlite().CreateDbContext([]);
        Assert.False(context.Database.HasPendingModelChanges(), "Add a migration to Data/Migrations/Sqlite.");
    }

    [Fact]
    public void PostgreSQL_has_a_migration_for_all_of_the_model()
    {
        using var context = new DesignTimePostgreSql().CreateDbContext([]);
        Assert.False(context.Database.HasPendingModelChanges(), "Add a migration to Data/Migrations/PostgreSql.");
    }

    [Theory]
    [InlineData("OpenIddictApplications", "ApplicationType(50) ClientId(400) ClientSecret ClientType(50) ConcurrencyToken(50) ConsentType(50) DisplayName DisplayNames Id JsonWebKeySet Permissions PostLogoutRedirectUris Properties RedirectUris Requirements Settings")]
    [InlineData("OpenIddictAuthorizations", "ApplicationId ConcurrencyToken(50) CreationDate Id Properties Scopes Status(50) Subject(400) Type(50)")]
    [InlineData("OpenIddictScopes", "ConcurrencyToken(50) Description Descriptions DisplayName DisplayNames Id Name(200) Properties Resources")]
    [InlineData("OpenIddictTokens", "ApplicationId AuthorizationId ConcurrencyToken(50) CreationDate ExpirationDate Id Payload Properties RedemptionDate ReferenceId(100) Status(50) Subject(400) Type(150)")]
    public void OpenIddicts_tables_have_the_columns_of_its_version_7_and_room_for_client_ids_that_are_addresses(string table, string columns)
    {
        using var context = new DesignTimePostgreSql().CreateDbContext([]);
        var found = Relational(context).Tables.Single(other => other.Name == table).Columns
            .OrderBy(column => column.Name, StringComparer.Ordinal)
            .Select(column => column.Name + (Length(column) is { } length ? $"({length})" : ""));
        Assert.Equal(columns, string.Join(' ', found));
    }

    private static IRelationalModel Relational(DbContext context) => context.GetService<IDesignTimeModel>().Model.GetRelationalModel();

    private static int? Length(IColumn column) => column.PropertyMappings is [var mapping, ..] ? mapping.Property.GetMaxLength() : null;

    private static List<string> Describe(DbContext context)
    {
        List<string> lines = [];
        foreach (var table in Relational(context).Tables)
        {
            lines.AddRange(table.Columns.Select(column =>
                $"{table.Name}.{column.Name} {column.ProviderClrType.Name} {(column.IsNullable ? "null" : "not null")} {Length(column)}"));
            lines.AddRange(table.UniqueConstraints.Select(key => $"{table.Name} key {Names(key.Columns)}"));
            lines.AddRange(table.Indexes.Select(index => $"{table.Name} index {index.Name} {Names(index.Columns)} {(index.IsUnique ? "unique" : "")}"));
            lines.AddRange(table.ForeignKeyConstraints.Select(key =>
                $"{table.Name} {Names(key.Columns)} to {key.PrincipalTable.Name} {Names(key.PrincipalColumns)} {key.OnDeleteAction}"));
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static string Names(IEnumerable<IColumn> columns) => string.Join(',', columns.Select(column => column.Name));
}
