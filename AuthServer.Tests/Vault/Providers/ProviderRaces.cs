using System.Net;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>What must hold when several change an organization's providers at once, or somebody who may not do so any more since their request came.</summary>
public abstract class ProviderRaces(Func<Task<(string Key, string Value)[]>> settings) : IAsyncLifetime
{
    private const string Route = "/api/v1/providers";

    private TestServer _server = null!;
    private OrganizationSide _acme = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(await settings());
        _acme = await OrganizationSide.CreateAsync(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Of_many_who_take_an_id_at_once_one_does()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(HttpMethod.Post, "")));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.Conflict, "provider_taken"));
        Assert.Single(await _server.TrailAsync(ProviderEvents.Created));
    }

    [Fact]
    public async Task Of_many_who_replace_one_version_one_does()
    {
        var etag = (await SendAsync(HttpMethod.Post, "")).Is(HttpStatusCode.Created).Response.Headers.ETag!.ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(HttpMethod.Put, "/tracker", etag)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => answer.Is(HttpStatusCode.PreconditionFailed, "stale_version"));
        Assert.Single(await _server.TrailAsync(ProviderEvents.Updated));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Role.Developer)]
    public async Task Whoever_lost_their_role_since_their_request_came_changes_nothing(Role? left)
    {
        (await SendAsync(HttpMethod.Post, "")).Is(HttpStatusCode.Created);
        var late = new Developer(_acme.Id, (await _acme.ColleagueAsync(Role.Admin)).UserId, Role.Admin, null);
        await _server.QueryAsync(context =>
        {
            var member = context.Members.Where(row => row.OrganizationId == _acme.Id && row.UserId == late.UserId);
            return left is { } role ? member.ExecuteUpdateAsync(row => row.SetProperty(one => one.Role, role)) : member.ExecuteDeleteAsync();
        });
        var (all, http, whatever) = (_server.Services.GetRequiredService<OrganizationProviders>(), new DefaultHttpContext(), new IfMatch((IReadOnlyList<string>?)null));
        var provider = ProviderReading.Read(JsonSerializer.SerializeToElement(OwnProvider.With("name", "\"Late\"")), new Faults())!;
        Problem?[] refused =
        [
            (await all.CreateAsync(http, late, provider with { Id = "another" }, default)).Problem,
            (await all.ReplaceAsync(http, late, "tracker", provider, whatever, default)).Problem,
            (await all.DeleteAsync(http, late, "tracker", whatever, default)).Problem,
        ];

        Assert.All(refused, problem => Assert.Equal(((int?)403, "role"), (problem?.Status, problem?.Code)));
        Assert.Equal("Acme Tracker", (await _acme.GetAsync(Route + "/tracker")).GetProperty("name").GetString());
        Assert.False(await _server.QueryAsync(context => context.AuditEvents.AnyAsync(row => row.Subject == late.UserId)));
    }

    private async Task<RestAnswer> SendAsync(HttpMethod method, string path, string? ifMatch = null) =>
        await RestAnswer.ReadAsync(await _acme.SendAsync(method, Route + path, OwnProvider.Valid(), ifMatch));
}

public sealed class SqliteProviderRaces() : ProviderRaces(() => Task.FromResult<(string Key, string Value)[]>([]));

public sealed class PostgreSqlProviderRaces() : ProviderRaces(PostgreSqlCluster.SettingsAsync);
