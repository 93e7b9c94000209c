using AuthServer.Bench.Servers;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Bench.Trail;

/// <summary>A trail of a busy organization, written by the server's own writer: chains and all.</summary>
internal static class TrailFilling
{
    public const int Agents = 100;
    public const int People = 1000;

    private const int AtOnce = 1024;

    private static readonly string[] Scopes = ["email:read email:send", "calendar:read", "crm:contacts:read crm:deals:read", "files:read"];

    /// <summary>The id of one of them; the same each time.</summary>
    public static string Id(string prefix, int number) => Identifiers.FromUuid(prefix, new Guid(number, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]));

    public static async Task FillAsync(string home, string organizationId, int count)
    {
        await using var services = new ServiceCollection().AddLogging()
            .AddData(new DatabaseSettings(DatabaseSettings.Sqlite, $"Data Source={RealServer.DatabaseIn(home)}", home, TimeSpan.FromDays(1)))
            .BuildServiceProvider();
        var trail = services.GetRequiredService<IAuditTrail>();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await trail.AppendAsync(Event(organizationId, i, TimeProvider.System.GetUtcNow()), CancellationToken.None);
            }
        }));
    }

    /// <summary>A tenth is denied, and one in a hundred thousand is of a scope that nobody else has.</summary>
    private static AuditEvent Event(string organizationId, int i, DateTimeOffset at) => new()
    {
        Id = Identifiers.New("aud_", at),
        At = at,
        Type = "token.verified",
        Outcome = i % 10 == 3 ? AuditOutcomes.Denied : AuditOutcomes.Success,
        Subject = Id("usr_", i * 7 % People),
        ClientId = "agc_bench",
        AgentId = Id("agt_", i % Agents),
        OrganizationId = organizationId,
        Target = Id("fam_", i % 5000),
        Reason = i % 10 == 3 ? "rate_limit" : "allowed",
        Scope = i % 100_000 == 50 ? "rare:scope" : Scopes[i % Scopes.Length],
        PolicyId = Id("pol_", i % 3),
        Address = "192.0.2.10",
        UserAgent = "bench/1.0",
        CorrelationId = "0HN" + i,
        Detail = """{"required":["email:read"],"resource":"https://api.bench.test"}""",
    };
}
