using AuthServer.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace AuthServer.Tests.Data;

/// <summary>The two databases hold the same tables, and their migrations make them.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Migrations_say_all_that_the_models_say()
    {
        using var sqlite = Sqlite();
        using var postgreSql = PostgreSql();
        Assert.False(sqlite.Database.HasPendingModelChanges());
        Assert.False(postgreSql.Database.HasPendingModelChanges());
    }

    [Fact]
    public void Both_databases_hold_the_same_tables_columns_and_indexes()
    {
        using var sqlite = Sqlite();
        using var postgreSql = PostgreSql();
        Assert.Equal(Describe(sqlite.Model), Describe(postgreSql.Model));
    }

    [Fact]
    public void Every_time_is_stored_as_utc()
    {
        using var context = PostgreSql();
        Assert.All(
            context.Model.GetEntityTypes().SelectMany(type => type.GetProperties()).Where(IsTime),
            property => Assert.True(property.DeclaringType.IsMappedToJson() || property.GetColumnType() == "timestamp with time zone", property.Name));
    }

    [Theory]
    [InlineData("OpenIddictTokens", "Type", 150)]
    [InlineData("OpenIddictTokens", "ReferenceId", 100)]
    [InlineData("OpenIddictTokens", "Payload", null)]
    [InlineData("OpenIddictApplications", "ClientId", 100)]
    [InlineData("OpenIddictAuthorizations", "Subject", 400)]
    [InlineData("OpenIddictScopes", "Name", 200)]
    public void Columns_are_as_long_as_OpenIddict_makes_them(string table, string column, int? length)
    {
        using var context = PostgreSql();
        var type = context.Model.GetEntityTypes().Single(type => type.GetTableName() == table);
        Assert.Equal(length, type.GetProperties().Single(property => property.GetColumnName() == column).GetMaxLength());
        Assert.All(type.GetForeignKeys(), key => Assert.False(key.IsRequired || key.DeleteBehavior == DeleteBehavior.Cascade));
    }

    private static bool IsTime(IProperty property) =>
        (Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType) is var type && (type == typeof(DateTime) || type == typeof(DateTimeOffset));

    private static List<string> Describe(IModel model) =>
    [
        .. model.GetEntityTypes().Where(type => !type.IsMappedToJson()).SelectMany(type =>
        {
            var table = type.GetTableName();
            return (IEnumerable<string>)
            [
                .. type.GetProperties().Select(property =>
                    $"{table}.{property.GetColumnName()} {property.ClrType} null={property.IsNullable} length={property.GetMaxLength()} concurrency={property.IsConcurrencyToken}"),
                .. type.GetKeys().Select(key => $"{table} key {key.GetName()} {Names(key.Properties)}"),
                .. type.GetIndexes().Select(index => $"{table} index {index.GetDatabaseName()} {Names(index.Properties)} unique={index.IsUnique}"),
                .. type.GetForeignKeys().Select(key => $"{table} foreign key {Names(key.Properties)} {key.PrincipalEntityType.GetTableName()} {key.DeleteBehavior}"),
            ];
        }).Order(StringComparer.Ordinal),
    ];

    private static string Names(IReadOnlyList<IProperty> properties) => string.Join(",", properties.Select(property => property.GetColumnName()));

    private static SqliteAuthDbContext Sqlite() => new(new DbContextOptionsBuilder<SqliteAuthDbContext>().UseSqlite("Data Source=none").Options);

    private static PostgreSqlAuthDbContext PostgreSql() => new(new DbContextOptionsBuilder<PostgreSqlAuthDbContext>().UseNpgsql("Host=none").Options);
}
