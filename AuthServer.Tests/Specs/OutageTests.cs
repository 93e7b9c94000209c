using System.Data.Common;
using System.Net;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>What cannot be stored or looked up is refused: nothing is issued, nothing is called alive, and the server recovers.</summary>
[Trait("negative", "58")]
public sealed class OutageTests : IAsyncLifetime
{
    private readonly Outage _outage = new();
    private TestServer _server = null!;
    private TestBrowser _browser = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(
            services =>
            {
                Break<IDatabaseWriter>(services, real => new Writer(real, _outage));
                Break<IDatabaseReader>(services, real => new Reader(real, _outage));
            },
            [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. Clients]);
        _browser = new TestBrowser(_server);
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_token_that_is_not_in_the_trail_is_not_issued()
    {
        using var before = await AskAsync();
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        _outage.Begin();
        using var during = await AskAsync();
        await AssertFailedAsync(during);

        _outage.End();
        using var after = await AskAsync();
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task A_code_that_cannot_be_claimed_gives_nothing_and_works_afterwards()
    {
        var code = (await Flows.AuthorizeAsync(_browser, "web", Flows.WebRedirect))["code"];

        _outage.Begin();
        using var during = await Flows.RedeemAsync(_server, code);
        await AssertFailedAsync(during);

        _outage.End();
        using var after = await Flows.RedeemAsync(_server, code);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task A_refresh_that_cannot_be_stored_gives_nothing_and_works_afterwards()
    {
        var tokens = await Flows.TokensAsync(_server);

        _outage.Begin();
        using var during = await Flows.RefreshAsync(_server, Text(tokens, "refresh_token"));
        await AssertFailedAsync(during);

        _outage.End();
        using var after = await Flows.RefreshAsync(_server, Text(tokens, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task A_revocation_that_cannot_be_stored_is_not_answered_with_success()
    {
        var tokens = await Flows.TokensAsync(_server);

        _outage.Begin();
        foreach (var name in new[] { "access_token", "refresh_token" })
        {
            using var during = await Flows.PostAsync(_server, "/connect/revoke", "web", Flows.Secret, ("token", Text(tokens, name)));
            await AssertFailedAsync(during);
        }

        _outage.End();
        using var after = await Flows.PostAsync(_server, "/connect/revoke", "web", Flows.Secret, ("token", Text(tokens, "access_token")));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        using var userInfo = await UserInfoAsync(Text(tokens, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
    }

    [Fact]
    public async Task A_replay_that_cannot_be_answered_with_the_end_of_the_family_gives_nothing()
    {
        var code = (await Flows.AuthorizeAsync(_browser, "web", Flows.WebRedirect))["code"];
        using var first = await Flows.RedeemAsync(_server, code);
        var tokens = await OkAsync(first);

        _outage.Begin();
        using var during = await Flows.RedeemAsync(_server, code);
        await AssertFailedAsync(during);

        _outage.End();
        using var again = await Flows.RedeemAsync(_server, code);
        await Flows.AssertErrorAsync(again, 400, "invalid_grant");
        using var userInfo = await UserInfoAsync(Text(tokens, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
    }

    [Fact]
    public async Task An_assertion_whose_first_use_cannot_be_remembered_does_not_authenticate()
    {
        _outage.Begin();
        using var during = await AssertAsync(Assertion(_server));
        await AssertFailedAsync(during);

        _outage.End();
        using var after = await AssertAsync(Assertion(_server));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task A_refresh_token_that_cannot_be_looked_up_is_not_called_active()
    {
        var tokens = await Flows.TokensAsync(_server);

        _outage.Begin();
        using var during = await Flows.PostAsync(_server, "/connect/introspect", "web", Flows.Secret, ("token", Text(tokens, "refresh_token")));
        await AssertFailedAsync(during);
    }

    [Fact]
    public async Task A_server_that_may_have_missed_a_revocation_and_cannot_look_calls_nothing_active()
    {
        var tokens = await Flows.TokensAsync(_server);

        _server.Services.GetRequiredService<RevocationFeed>().IsCurrent = false;
        _outage.Begin();
        using var introspected = await Flows.PostAsync(_server, "/connect/introspect", "web", Flows.Secret, ("token", Text(tokens, "access_token")));
        await AssertFailedAsync(introspected);
        using var userInfo = await UserInfoAsync(Text(tokens, "access_token"));
        await AssertFailedAsync(userInfo);
    }

    [Fact]
    public async Task A_refusal_that_cannot_be_told_to_the_trail_is_no_less_a_refusal()
    {
        using var before = await AskAsync();
        _outage.Begin();
        using var during = await Flows.TokenAsync(_server, "machine", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "openid"));
        await AssertFailedAsync(during);
    }

    [Fact]
    public async Task Without_its_tables_the_server_issues_nothing_and_says_that_it_is_not_ready()
    {
        var code = (await Flows.AuthorizeAsync(_browser, "web", Flows.WebRedirect))["code"];
        await _server.QueryAsync(context => context.Database.ExecuteSqlRawAsync("""ALTER TABLE "AuditEvents" RENAME TO "Elsewhere" """));

        using var machine = await AskAsync();
        await AssertFailedAsync(machine);
        using var redeemed = await Flows.RedeemAsync(_server, code);
        await AssertFailedAsync(redeemed);
        await _browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));
        Assert.Null(_browser.Left);
        Assert.Equal(HttpStatusCode.InternalServerError, _browser.Response.StatusCode);

        await _server.QueryAsync(context => context.Database.ExecuteSqlRawAsync("""ALTER TABLE "Elsewhere" RENAME TO "AuditEvents" """));
        using var after = await Flows.RedeemAsync(_server, code);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    private static async Task AssertFailedAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode is 500 or 503, $"{(int)response.StatusCode}: {body}");
        using var json = JsonDocument.Parse(body);
        Assert.Contains(json.RootElement.GetProperty("error").GetString(), new[] { "server_error", "temporarily_unavailable" });
        Assert.Equal(["error", "error_description", "error_uri"], json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.DoesNotContain("outage", body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" at ", body, StringComparison.Ordinal);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    /// <summary>Puts something between the server and what it was registered with.</summary>
    private static void Break<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var real = services.Last(service => service.ServiceType == typeof(T));
        services.Remove(real);
        services.AddSingleton(provider => wrap((T)(real.ImplementationInstance ?? real.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!))));
    }

    private Task<HttpResponseMessage> AskAsync() => Flows.TokenAsync(_server, "machine", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "things.read"));

    private async Task<HttpResponseMessage> AssertAsync(string assertion)
    {
        using var http = _server.CreateClient();
        using var form = Form(("grant_type", "client_credentials"), ("scope", "things.read"), ("client_assertion_type", AssertionType), ("client_assertion", assertion));
        return await http.PostAsync("/connect/token", form);
    }

    private async Task<HttpResponseMessage> UserInfoAsync(string token)
    {
        using var http = _server.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return await http.GetAsync("/connect/userinfo");
    }

    private sealed class Outage
    {
        private volatile bool _on;

        public void Begin() => _on = true;

        public void End() => _on = false;

        public void Check()
        {
            if (_on)
            {
                throw new IOException("An outage.");
            }
        }
    }

    private sealed class Writer(IDatabaseWriter real, Outage outage) : IDatabaseWriter, IDisposable
    {
        public Task<bool> TryWriteAsync(Func<WriteTransaction, ValueTask<bool>> change, CancellationToken ct)
        {
            outage.Check();
            return real.TryWriteAsync(change, ct);
        }

        public void Dispose() => (real as IDisposable)?.Dispose();
    }

    private sealed class Reader(IDatabaseReader real, Outage outage) : IDatabaseReader, IDisposable
    {
        public ValueTask<T?> FindAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct)
        {
            outage.Check();
            return real.FindAsync(statement, read, values, ct);
        }

        public ValueTask<List<T>> ListAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct)
        {
            outage.Check();
            return real.ListAsync(statement, read, values, ct);
        }

        public void Dispose() => (real as IDisposable)?.Dispose();
    }
}
