using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Figures;
using AuthServer.Policies;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Scopes;
using AuthServer.Tests.Support;
using AuthServer.Vault.Proxy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Figures;

/// <summary>The trail counted by the hour: each event once, whoever counts and whenever it ends.</summary>
public sealed class TrailFigureTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Each_event_counts_once_however_often_and_by_however_many_it_is_counted()
    {
        await HappenAsync(30, AuditEventTypes.TokenVerified, AuditOutcomes.Success);
        await HappenAsync(12, AuditEventTypes.TokenVerified, AuditOutcomes.Denied, reason: "scope_missing", policyId: "pol_1");
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        var other = new TrailFigures(Get<FigureLedger>(), Get<ScopeCatalog>(), _server.Clock);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? Get<TrailFigures>() : other).FoldAsync(default)));
        await IsCountedAsync(30, AuditOutcomes.Success);

        Assert.Equal(12, await SumAsync(FigureKinds.Decisions, AuditOutcomes.Denied));
        Assert.Equal(12, await SumAsync(FigureKinds.Policies, "pol_1"));
        Assert.Equal(12, await SumAsync(FigureKinds.Reasons, "scope_missing|token.verified"));
    }

    [Theory]
    [InlineData(AuditEventTypes.TokenVerified)]
    [InlineData(PolicyEvents.AccessEvaluated)]
    [InlineData(ProxyEvents.Called)]
    [InlineData(ProxyEvents.TokenReleased)]
    public async Task A_decision_counts_at_whichever_door_it_was_asked_for(string type)
    {
        await HappenAsync(2, type, AuditOutcomes.Success);
        await HappenAsync(1, type, AuditOutcomes.Denied, reason: "policy_denies");
        _server.Clock.Advance(TimeSpan.FromMinutes(6));

        await IsCountedAsync(2, AuditOutcomes.Success);
        await IsCountedAsync(1, AuditOutcomes.Denied);
    }

    [Fact]
    public async Task What_is_counted_after_a_restart_goes_on_where_it_was()
    {
        await HappenAsync(5, AuditEventTypes.TokenVerified, AuditOutcomes.Success);
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await IsCountedAsync(5, AuditOutcomes.Success);
        await _server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)]);
        await HappenAsync(4, AuditEventTypes.TokenVerified, AuditOutcomes.Success);
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await IsCountedAsync(9, AuditOutcomes.Success);
    }

    [Fact]
    public async Task An_event_that_is_stored_late_is_counted_too()
    {
        var late = Event(AuditEventTypes.TokenVerified, AuditOutcomes.Success);
        _server.Clock.Advance(TimeSpan.FromMinutes(3));
        await HappenAsync(1, AuditEventTypes.TokenVerified, AuditOutcomes.Success);
        await Get<TrailFigures>().FoldAsync(default);
        await Get<IAuditTrail>().AppendAsync(late, default);
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await IsCountedAsync(2, AuditOutcomes.Success);
    }

    [Fact]
    public async Task More_than_one_portion_is_counted_in_one_go()
    {
        await _server.QueryAsync(async context =>
        {
            context.AuditEvents.AddRange(Enumerable.Range(0, FigureLedger.Portion + 7).Select(_ => AuditEventRow.From(Event(AuditEventTypes.TokenVerified, AuditOutcomes.Success))));
            return await context.SaveChangesAsync();
        });
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await IsCountedAsync(FigureLedger.Portion + 7, AuditOutcomes.Success);
    }

    [Fact]
    public async Task A_token_is_counted_by_its_grant_and_its_risk_and_its_client_was_used()
    {
        using var http = _server.CreateClient();
        var form = TokenSide.Form(("grant_type", "client_credentials"), ("client_id", "machine"), ("client_secret", Flows.Secret), ("scope", "things.read"));
        (await http.PostAsync("/connect/token", form)).EnsureSuccessStatusCode();
        var at = _server.Clock.Now;
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await Get<FigureWork>().CountAsync(default);

        Assert.Equal(1, await SumAsync(FigureKinds.Tokens, "client_credentials"));
        Assert.Equal(1, await _server.QueryAsync(context => context.HourFigures.Where(row => row.Kind == FigureKinds.Risks).SumAsync(row => row.Count)));
        Assert.Equal(at, await _server.QueryAsync(context => context.ClientUses.Where(row => row.ClientId == "machine").Select(row => row.LastAt).SingleAsync()), TimeSpan.FromSeconds(1));
        Assert.Contains(await _server.QueryAsync(context => context.HourFigures.Where(row => row.Kind == FigureKinds.Latency).ToListAsync()), row => Latency.Read(row.Word)?.Area == "token");
    }

    [Fact]
    public async Task Figures_are_forgotten_when_they_are_old_and_those_of_agents_sooner()
    {
        await HappenAsync(1, AuditEventTypes.TokenVerified, AuditOutcomes.Success, agentId: "agt_1");
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await IsCountedAsync(1, AuditOutcomes.Success);
        var now = _server.Clock.Now;
        await Get<FigureLedger>().PruneAsync(now + TimeSpan.FromDays(1), now - FigureWork.Kept, default);
        Assert.Equal((0, 1), (await SumAsync(FigureKinds.Agents, "agt_1"), await SumAsync(FigureKinds.Decisions, AuditOutcomes.Success)));
        await Get<FigureLedger>().PruneAsync(now, now + TimeSpan.FromDays(1), default);

        Assert.Equal(0, await SumAsync(FigureKinds.Decisions, AuditOutcomes.Success));
    }

    private T Get<T>()
        where T : notnull => _server.Services.GetRequiredService<T>();

    private Task<long> SumAsync(string kind, string word) =>
        _server.QueryAsync(context => context.HourFigures.Where(row => row.OrganizationId == "" && row.Kind == kind && row.Word == word).SumAsync(row => row.Count));

    /// <summary>So many decisions are counted, by this round or by the server's own, which may be at it and not have committed yet.</summary>
    private async Task IsCountedAsync(long decisions, string outcome) => await Waiting.UntilAsync(
        async () =>
        {
            await Get<TrailFigures>().FoldAsync(default);
            return await SumAsync(FigureKinds.Decisions, outcome);
        },
        sum => sum == decisions);

    private async Task HappenAsync(int count, string type, string outcome, string? reason = null, string? policyId = null, string? agentId = null)
    {
        for (var i = 0; i < count; i++)
        {
            await Get<IAuditTrail>().AppendAsync(Event(type, outcome) with { Reason = reason, PolicyId = policyId, AgentId = agentId }, default);
        }
    }

    private AuditEvent Event(string type, string outcome) => new() { Id = Identifiers.New("aud_", _server.Clock.Now), At = _server.Clock.Now, Type = type, Outcome = outcome };
}
