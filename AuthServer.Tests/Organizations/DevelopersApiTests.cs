using System.Net;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Organizations;

public sealed class DevelopersApiTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Rest _api = null!;

    public async Task InitializeAsync()
    {
        _server = await Flows.StartAsync();
        _api = new Rest(_server);
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_developer_registers_and_has_an_organization_a_key_and_a_token()
    {
        var answer = (await _api.PostAsync("/developers/register", new { name = "Acme AI", email = "dev@acme.com", password = Rest.Password })).Is(HttpStatusCode.Created).Json;
        var (developer, organization) = (answer.GetProperty("developer"), answer.GetProperty("organization"));
        Assert.Equal("owner", developer.GetProperty("role").GetString());
        Assert.Equal("Acme AI", organization.GetProperty("name").GetString());
        Assert.StartsWith("acct_", organization.GetProperty("id").GetString(), StringComparison.Ordinal);

        using var key = _api.As(answer.GetProperty("apiKey").GetString());
        using var token = _api.As(answer.GetProperty("token").GetString());
        foreach (var caller in new[] { key, token })
        {
            var me = (await caller.GetAsync("/developers/me")).Is(HttpStatusCode.OK).Json;
            Assert.Equal(developer.ToString(), me.GetProperty("developer").ToString());
            Assert.Equal(organization.GetProperty("id").GetString(), me.GetProperty("organization").GetProperty("id").GetString());
        }

        // A key is an admin's at most.
        Assert.Equal("admin", (await key.GetAsync("/developers/me")).Json.GetProperty("key").GetProperty("role").GetString());
        foreach (var type in new[] { "user.registered", "organization.created", "developer_key.created", "user.signed_in" })
        {
            Assert.Equal(developer.GetProperty("id").GetString(), Assert.Single(await _server.TrailAsync(type)).Subject);
        }
    }

    [Fact]
    public async Task A_key_is_kept_as_a_hash_and_is_in_no_log()
    {
        var secret = (await _api.RegisterDeveloperAsync("Acme")).GetProperty("apiKey").GetString()!;
        using var key = _api.As(secret);
        await key.GetAsync("/developers/me");

        var row = Assert.Single(await _server.QueryAsync(context => context.DeveloperKeys.AsNoTracking().ToListAsync()));
        Assert.DoesNotContain(secret, JsonSerializer.Serialize(row), StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Logs.All, line => line.Contains(secret, StringComparison.Ordinal));
        Assert.StartsWith(row.Hint, secret, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_has_an_account_gets_the_answer_that_a_person_gets_and_no_organization()
    {
        var developer = await _api.PostAsync("/developers/register", new { name = "Acme", email = Flows.Email, password = Rest.Password });
        var user = await _api.PostAsync("/users/register", new { name = "Acme", email = Flows.Email, password = Rest.Password });

        Assert.Equal(user.Is(HttpStatusCode.BadRequest).Json.GetProperty("errors").ToString(), developer.Is(HttpStatusCode.BadRequest).Json.GetProperty("errors").ToString());
        Assert.False(await _server.QueryAsync(context => context.Organizations.AnyAsync()));
        Assert.Empty(await _server.TrailAsync("organization.created"));
    }

    [Fact]
    public async Task Many_at_once_make_one_account_and_one_organization()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            _api.PostAsync("/developers/register", new { name = "Acme", email = "dev@acme.com", password = Rest.Password })));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.BadRequest, answer.Text));
        Assert.Equal((1, 1), await _server.QueryAsync(async context => (await context.Organizations.CountAsync(), await context.DeveloperKeys.CountAsync())));
    }

    [Fact]
    public async Task Where_developers_are_by_invitation_one_makes_one_organization()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:Developers", "Invite"));
        using var api = new Rest(server);
        var invitation = server.Services.GetRequiredService<Invitations>().Create("dev@acme.com", administrator: false).Split("invitation=")[1];

        (await api.PostAsync("/developers/register", new { name = "Acme", email = "other@acme.com", password = Rest.Password, invitation })).Is(HttpStatusCode.Created);
        Assert.Equal("dev@acme.com", await server.QueryAsync(context => context.Users.Where(user => user.Name == "Acme").Select(user => user.Email).SingleAsync()));
        (await api.PostAsync("/developers/register", new { name = "Acme", email = "third@acme.com", password = Rest.Password, invitation })).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_login_names_the_organization_or_means_the_oldest_and_without_one_is_refused_after_the_right_password()
    {
        var registered = await _api.RegisterDeveloperAsync("Acme");
        var email = registered.GetProperty("developer").GetProperty("email").GetString();
        var id = registered.GetProperty("organization").GetProperty("id").GetString();
        var foreign = (await _api.RegisterDeveloperAsync("Other")).GetProperty("organization").GetProperty("id").GetString();

        foreach (var organizationId in new[] { null, id })
        {
            var answer = (await _api.PostAsync("/developers/login", new { email, password = Rest.Password, organizationId })).Is(HttpStatusCode.OK);
            Assert.Equal(id, answer.Json.GetProperty("developer").GetProperty("organizationId").GetString());
        }

        foreach (var organizationId in new[] { foreign, "acct_0000000000000000000000000a" })
        {
            (await _api.PostAsync("/developers/login", new { email, password = Rest.Password, organizationId })).Is(HttpStatusCode.Forbidden, "no_member");
        }

        (await _api.PostAsync("/developers/login", new { email = Flows.Email, password = Flows.Password })).Is(HttpStatusCode.Forbidden, "no_member");
        (await _api.PostAsync("/developers/login", new { email = Flows.Email, password = "wrong" })).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal(["no_member", "no_member", "no_member", "password"], (await _server.TrailAsync(AuditEventTypes.UserSignInRefused)).Select(row => row.Reason).Order());
    }
}
