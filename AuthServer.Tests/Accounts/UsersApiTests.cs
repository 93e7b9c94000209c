using System.Net;
using AuthServer.Accounts;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Accounts;

/// <summary>People through the API (negative-tests.md 17, 56, 57).</summary>
public sealed class UsersApiTests : IAsyncLifetime
{
    private readonly CountingHasher _hasher = new();
    private TestServer _server = null!;
    private Rest _api = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(services => services.AddSingleton<IPasswordHasher<User>>(_hasher), [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)]);
        _api = new Rest(_server);
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_person_registers_and_is_signed_in_for_a_quarter_of_an_hour()
    {
        var answer = (await _api.PostAsync("/users/register", new { name = "Grace", email = "grace@example.com", password = Rest.Password })).Is(HttpStatusCode.Created);
        var user = answer.Json.GetProperty("user");
        Assert.Equal("/api/v1/users/me", answer.Response.Headers.Location?.ToString());
        Assert.StartsWith("usr_", user.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(_server.Clock.Now.AddMinutes(15), answer.Json.GetProperty("expiresAt").GetDateTimeOffset());

        using var grace = _api.As(answer.Json.GetProperty("token").GetString());
        Assert.Equal(user.ToString(), (await grace.GetAsync("/users/me")).Is(HttpStatusCode.OK).Json.GetProperty("user").ToString());
        _server.Clock.Advance(TimeSpan.FromMinutes(15));
        (await grace.GetAsync("/users/me")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task The_event_of_a_login_carries_the_tokens_id_and_no_cookie_is_set()
    {
        var answer = await LoginAsync(Flows.Email, Flows.Password);
        var entry = Assert.Single(await _server.TrailAsync(AuditEventTypes.UserSignedIn));

        Assert.Equal(entry.Id, Flows.Claims(answer.Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()!).GetProperty("jti").GetString());
        Assert.Equal(entry.Subject, answer.Json.GetProperty("user").GetProperty("id").GetString());
        Assert.False(answer.Response.Headers.Contains("Set-Cookie"));
        Assert.Empty(await _server.QueryAsync(context => Task.FromResult(context.Sessions.ToList())));
    }

    [Fact]
    public async Task A_login_token_opens_no_organization_and_no_other_door()
    {
        var token = (await LoginAsync(Flows.Email, Flows.Password)).Json.GetProperty("token").GetString();
        using var ada = _api.As(token);

        (await ada.GetAsync("/developers/me")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        using var http = _server.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.NotEqual(HttpStatusCode.OK, (await http.GetAsync("/connect/userinfo")).StatusCode);
    }

    [Fact]
    public async Task Unknown_disabled_and_wrong_get_the_same_answer_after_the_same_work()
    {
        await _api.PostAsync("/users/register", new { email = "disabled@example.com", password = Rest.Password });
        await _server.QueryAsync(async context =>
        {
            context.Users.Single(user => user.Email == "disabled@example.com").Disabled = true;
            return await context.SaveChangesAsync();
        });
        await LoginAsync("first@example.com", "so that every lazy thing is made");
        var answers = new List<(HttpStatusCode, string?, string?, int)>();
        foreach (var (email, password) in new[] { (Flows.Email, "not the password"), ("nobody@example.com", "x"), ("disabled@example.com", Rest.Password), ("no address", "x") })
        {
            var before = _hasher.Checks;
            var answer = await LoginAsync(email, password);
            answers.Add((answer.Status, answer.Code, answer.Json.GetProperty("detail").GetString(), _hasher.Checks - before));
        }

        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated", "The e-mail address or the password is wrong.", 1), Assert.Single(answers.Distinct()));
    }

    [Fact]
    public async Task A_wrong_password_is_in_the_trail_and_an_unknown_address_is_counted()
    {
        await LoginAsync(Flows.Email, "not the password");
        await LoginAsync("nobody@example.com", "not the password");

        Assert.Equal("password", Assert.Single(await _server.TrailAsync(AuditEventTypes.UserSignInRefused)).Reason);
        Assert.Equal(1, Assert.Single(await _server.QueryAsync(context => Task.FromResult(context.RefusalCounts.Where(row => row.Kind == "sign_in").ToList()))).Count);
    }

    [Theory]
    [InlineData("""{"email":"ada@example.com","password":"another good sentence"}""", "email")]
    [InlineData("""{"email":"ADA@EXAMPLE.COM","password":"another good sentence"}""", "email")]
    [InlineData("""{"email":"nothing","password":"another good sentence"}""", "email")]
    [InlineData("""{"email":"grace@example.com","password":"short"}""", "password")]
    [InlineData("""{"email":"grace@example.com"}""", "password")]
    [InlineData("""{"email":"grace@example.com","password":"another good sentence","name":"a\u0000b"}""", "name")]
    [InlineData("""{"email":"grace@example.com","password":"another good sentence","isAdministrator":true}""", "isAdministrator")]
    public async Task What_cannot_be_taken_names_its_field_and_leaves_nothing_behind(string body, string field)
    {
        using var http = _server.CreateClient();
        using var response = await http.PostAsync("/api/v1/users/register", new StringContent(body, null, "application/json"));
        var answer = (await RestAnswer.ReadAsync(response)).Is(HttpStatusCode.BadRequest, "invalid_request");

        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
        Assert.DoesNotContain("another good sentence", answer.Text, StringComparison.Ordinal);
        Assert.Empty(await _server.TrailAsync(AuditEventTypes.UserRegistered));
        Assert.Empty(await _server.TrailAsync(AuditEventTypes.UserSignedIn));
    }

    [Fact]
    public async Task No_password_and_no_token_is_in_the_log()
    {
        var registered = await _api.PostAsync("/users/register", new { email = "grace@example.com", password = Rest.Password });
        await LoginAsync("grace@example.com", Rest.Password);
        await LoginAsync("grace@example.com", "a wrong one that nobody logs");

        Assert.DoesNotContain(_server.Logs.All, line =>
            line.Contains(Rest.Password, StringComparison.Ordinal) || line.Contains("nobody logs", StringComparison.Ordinal)
            || line.Contains("grace@example.com", StringComparison.OrdinalIgnoreCase) || line.Contains(registered.Json.GetProperty("token").GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Guessing_is_slowed_down_through_the_API_and_the_page_together()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:SignIn", "3"));
        using var api = new Rest(server);
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, "a wrong one");
        await api.PostAsync("/users/login", new { email = Flows.Email, password = "a wrong one" });
        await api.PostAsync("/developers/login", new { email = Flows.Email, password = "a wrong one" });

        var answer = await api.PostAsync("/users/login", new { email = Flows.Email, password = Flows.Password });
        answer.Is(HttpStatusCode.TooManyRequests, "too_many_requests");
        Assert.NotNull(answer.Response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("Invite")]
    [InlineData("Closed")]
    public async Task Where_it_is_not_open_nobody_registers_uninvited(string mode)
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", mode), ("AuthServer:SignUp:Developers", mode));
        using var api = new Rest(server);
        foreach (var path in new[] { "/users/register", "/developers/register" })
        {
            (await api.PostAsync(path, new { name = "G", email = "grace@example.com", password = Rest.Password })).Is(HttpStatusCode.Forbidden, "sign_up_closed");
            (await api.PostAsync(path, new { name = "G", email = "grace@example.com", password = Rest.Password, invitation = "made-up" })).Is(HttpStatusCode.Forbidden, "sign_up_closed");
        }
    }

    private Task<RestAnswer> LoginAsync(string email, string password) => _api.PostAsync("/users/login", new { email, password });
}
