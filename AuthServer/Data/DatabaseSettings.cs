namespace AuthServer.Data;

/// <summary>Where the database is.</summary>
/// <param name="Provider"><c>Sqlite</c> or <c>PostgreSql</c>.</param>
/// <param name="Home">What a relative SQLite path is relative to.</param>
/// <param name="LongestAccessToken">How long a revocation of an access token must be remembered.</param>
/// <param name="OpenRequestsPerAddress">How many authorization requests of one address may wait for a person.</param>
public sealed record DatabaseSettings(
    string Provider,
    string ConnectionString,
    string Home,
    TimeSpan LongestAccessToken,
    int OpenRequestsPerAddress = 20)
{
    /// <summary>How long a client that registered itself is kept while nobody has consented to it.</summary>
    public TimeSpan UnusedRegistrations { get; init; } = TimeSpan.FromDays(7);

    public const string Sqlite = "Sqlite";
    public const string PostgreSql = "PostgreSql";

    public static IReadOnlyList<string> Providers { get; } = [Sqlite, PostgreSql];
}
