using System.Globalization;
using AuthServer.Audit;
using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Keys;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Audit;

/// <summary>An installation whose trail is written, tampered with and verified. Its nodes are processes that share the database and keys.</summary>
internal sealed class TrailSide(string? postgreSql = null, TimeSpan? retention = null) : IAsyncDisposable
{
    private ServiceProvider? _node;

    public Installation Installation { get; } = new(postgreSql);

    public TestClock Clock => Installation.Clock;

    public ServiceProvider Node => _node!;

    public Checkpoints Checkpoints => Node.GetRequiredService<Checkpoints>();

    /// <summary>A process begins; what it writes is written by <see cref="Node"/> from here on.</summary>
    public async Task<TrailSide> StartAsync()
    {
        _node = await Installation.NodeAsync(more: services => services.AddAudit(new AuditSettings(retention)));
        Assert.Empty(await _node.OpenKeysAsync(default));
        return this;
    }

    public AuditEvent Event(string type = AuditEventTypes.TokenIssued) => new()
    {
        Id = Identifiers.New("aud_", Clock.Now),
        At = Clock.Now,
        Type = type,
        Outcome = AuditOutcomes.Success,
        Subject = "usr_ada",
        ClientId = "web",
        AgentId = "agt_1",
        OrganizationId = "acct_1",
        Target = "fam_1",
        Reason = "because",
        Scope = "email:read email:send",
        PolicyId = "pol_1",
        Address = "192.0.2.1",
        UserAgent = "Browser/1.0",
        Personal = """{"email":"ada@example.com"}""",
        CorrelationId = "trace",
        Detail = """{"a":1}""",
    };

    /// <summary>Appends events one after the other; their ids.</summary>
    public async Task<List<string>> AppendAsync(int count)
    {
        List<string> ids = [];
        for (var i = 0; i < count; i++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(2));
            var entry = Event();
            await Node.GetRequiredService<IAuditTrail>().AppendAsync(entry, default);
            ids.Add(entry.Id);
        }

        return ids;
    }

    public async Task CheckpointAsync()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(2));
        await Checkpoints.WriteAsync(default);
    }

    public Task<VerificationReport> VerifyAsync() => Node.GetRequiredService<AuditVerification>().RunAsync(default);

    public async Task<VerificationReport> SoundAsync()
    {
        var report = await VerifyAsync();
        Assert.True(report.Faults.Count == 0, string.Join('\n', report.Faults));
        return report;
    }

    /// <summary>What the verification names first.</summary>
    public async Task<ChainFault> FirstFaultAsync()
    {
        var report = await VerifyAsync();
        Assert.NotEmpty(report.Faults);
        return report.Faults[0];
    }

    /// <summary>As somebody who has the database, but not the server.</summary>
    public Task<int> TamperAsync(FormattableString sql) => QueryAsync(context => context.Database.ExecuteSqlInterpolatedAsync(sql));

    /// <inheritdoc cref="TamperAsync(FormattableString)"/>
    public Task<int> TamperRawAsync(string sql) => QueryAsync(context => context.Database.ExecuteSqlRawAsync(sql));

    public Task<AuditEventRow> RowAsync(string id) => QueryAsync(context => context.AuditEvents.AsNoTracking().SingleAsync(row => row.Id == id));

    public async Task<T> QueryAsync<T>(Func<AuthDbContext, Task<T>> query)
    {
        await using var context = await Node.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
        return await query(context);
    }

    /// <summary>Forges an event with right digest and hash: the first of a chain, or after a place.</summary>
    public Task InsertAsync(AuditEvent entry, string writer) => InsertAsync(entry, ChainHead.Before(writer));

    /// <inheritdoc cref="InsertAsync(AuditEvent, string)"/>
    public async Task InsertAsync(AuditEvent entry, ChainHead before)
    {
        var row = AuditEventRow.From(entry);
        row.Place(before.After(row.Digest));
        await TamperAsync($"""
            INSERT INTO "AuditEvents" ("Id", "At", "Type", "Outcome", "Subject", "ClientId", "AgentId", "OrganizationId", "Target", "Reason", "Scope",
                "PolicyId", "CorrelationId", "Detail", "Address", "UserAgent", "Personal", "Writer", "Sequence", "Salt", "Commitment", "Digest", "Hash")
            VALUES ({row.Id}, {row.At.UtcDateTime}, {row.Type}, {row.Outcome}, {row.Subject}, {row.ClientId}, {row.AgentId}, {row.OrganizationId}, {row.Target},
                {row.Reason}, {row.Scope}, {row.PolicyId}, {row.CorrelationId}, {row.Detail}, {row.Address}, {row.UserAgent}, {row.Personal}, {row.Writer},
                {row.Sequence}, {row.Salt}, {row.Commitment}, {row.Digest}, {row.Hash})
            """);
    }

    /// <summary>The event of an organization's new retention, as the API writes it.</summary>
    public AuditEvent RetentionChanged(string organizationId, int? days) => Event(TrailEvents.RetentionChanged) with
    {
        OrganizationId = organizationId,
        Detail = $$"""{"before":null,"after":{{days?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}""",
    };

    public ValueTask DisposeAsync() => Installation.DisposeAsync();
}
