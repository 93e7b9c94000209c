using System.Net;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>What must hold when several change connections at once, on each database.</summary>
public abstract class ConnectionRaces(Func<Task<(string Key, string Value)[]>>? database = null) : IAsyncLifetime
{
    private const int Many = 12;

    private ConnectionSide _side = null!;

    public async Task InitializeAsync()
    {
        _side = new ConnectionSide { More = database is null ? [] : await database() };
        await _side.InitializeAsync();
    }

    public Task DisposeAsync() => _side.DisposeAsync();

    [Fact]
    public async Task Of_many_changes_of_one_version_one_is_made()
    {
        var id = await _side.NewAsync();
        var answers = await AtOnceAsync(number => _side.PatchAsync(id, new { description = $"{number}" }, ifMatch: "\"1\""));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => answer.Is(HttpStatusCode.PreconditionFailed, "stale_version"));
        Assert.Equal(2, await _side.Server.QueryAsync(context => context.ConnectionVersions.CountAsync(row => row.ConnectionId == id)));
    }

    [Fact]
    public async Task Of_many_changes_that_are_for_no_version_none_is_lost_in_silence()
    {
        var id = await _side.NewAsync();
        var answers = await AtOnceAsync(number => _side.PatchAsync(id, new { description = $"{number}" }));

        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => answer.Is(HttpStatusCode.Conflict, "changed_meanwhile"));
        var made = answers.Count(answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal((made + 1, made), (
            (await _side.Owner.GetAsync(Path(id))).GetProperty("version").GetInt32(),
            (await _side.Server.TrailAsync(ConnectionEvents.Updated)).Count(row => row.Target == id)));
    }

    [Fact]
    public async Task Of_many_with_one_name_one_is_made()
    {
        var answers = await AtOnceAsync(_ => _side.TryAsync(HttpMethod.Post, Route, Gmail("The only one")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.Conflict, "name_taken"));
    }

    [Fact]
    public async Task Of_many_that_become_the_default_the_last_is()
    {
        var ids = new List<string>();
        for (var i = 0; i < Many; i++)
        {
            ids.Add(await _side.NewAsync());
        }

        var answers = await AtOnceAsync(number => _side.PatchAsync(ids[number], new { is_default = true }));

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict, answer.Text));
        Assert.Single(await _side.IdsAsync("?default=true"));
        foreach (var id in ids)
        {
            var versions = await _side.Server.QueryAsync(context => context.ConnectionVersions.Where(row => row.ConnectionId == id).MaxAsync(row => row.Number));
            Assert.Equal((await _side.Owner.GetAsync(Path(id))).GetProperty("version").GetInt32(), versions);
        }
    }

    [Fact]
    public async Task Of_many_that_would_be_one_too_many_one_is_made()
    {
        await _side.Server.QueryAsync(async context =>
        {
            context.Connections.AddRange(Enumerable.Range(1, ConnectionSaves.Most - 1).Select(
                number => new Connection { Id = $"conn_{number}", OrganizationId = _side.Owner.Id, ProviderId = "slack", Name = $"{number}", Version = 1 }));
            return await context.SaveChangesAsync();
        });
        var answers = await AtOnceAsync(_ => _side.TryAsync(HttpMethod.Post, Route, Gmail()));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.Conflict, "too_many_connections"));
    }

    [Fact]
    public async Task A_key_that_many_set_at_once_makes_one_connection()
    {
        var answers = await AtOnceAsync(number => _side.TryAsync(HttpMethod.Put, "/credentials", new { openaiApiKey = $"sk-0123456789abc{number:D3}" }));

        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict, answer.Text));
        Assert.Single(await _side.IdsAsync("?provider=openai"));
    }

    [Fact]
    public async Task Whoever_lost_their_role_since_their_request_came_changes_nothing()
    {
        var id = await _side.NewAsync();
        var late = new Developer(_side.Owner.Id, (await _side.ColleagueAsync(Role.Admin)).UserId, Role.Admin, null);
        await _side.Server.QueryAsync(context => context.Members.Where(row => row.UserId == late.UserId).ExecuteUpdateAsync(row => row.SetProperty(one => one.Role, Role.Auditor)));
        var (services, http) = (_side.Server.Services, new DefaultHttpContext());
        var (all, whatever) = (services.GetRequiredService<OrganizationConnections>(), ConnectionReach.Whatever);
        Problem?[] refused =
        [
            (await all.CreateAsync(http, late, new NewConnection { Provider = "slack" }, default)).Problem,
            (await all.ChangeAsync(http, late, id, new ConnectionChange { Description = "x" }, whatever, default)).Problem,
            (await all.DeleteAsync(http, late, id, true, whatever, default)).Problem,
            (await services.GetRequiredService<ConnectionLife>().DeactivateAsync(http, late, id, whatever, default)).Problem,
            (await services.GetRequiredService<ProviderKeys>().ChangeAsync(http, late, Key("openaiApiKey", "sk-0123456789abcdef"), default)).Problem,
        ];

        Assert.All(refused, problem => Assert.Equal(((int?)403, "role"), (problem?.Status, problem?.Code)));
        Assert.False(await _side.Server.QueryAsync(context => context.AuditEvents.AnyAsync(row => row.Subject == late.UserId)));
    }

    private static ProviderKeyChange Key(string name, string value) => new() { Keys = { [name] = System.Text.Json.JsonSerializer.SerializeToElement(value) } };

    private static Task<RestAnswer[]> AtOnceAsync(Func<int, Task<RestAnswer>> send) => Task.WhenAll(Enumerable.Range(0, Many).Select(number => Task.Run(() => send(number))));
}

public sealed class SqliteConnectionRaces : ConnectionRaces;

public sealed class PostgreSqlConnectionRaces() : ConnectionRaces(PostgreSqlCluster.SettingsAsync);
