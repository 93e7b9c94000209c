using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;
using Microsoft.Data.Sqlite;

namespace AuthServer.Tests.Configuration;

/// <summary>Commands beside a running server, each a process of its own, as an operator runs them.</summary>
public sealed class CommandLineTests : IAsyncLifetime
{
    // Twice what the running server may take to follow.
    private const int Looks = 200;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private ServerProcess _server = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), ("AuthServer:SignUp:People", "Invite")]);
        _http = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Keys_list_shows_the_keys_that_the_running_server_publishes()
    {
        var output = (await _server.RunAsync("keys", "list")).Succeeded();

        var published = (await KeySetAsync()).Select(key => key.GetProperty("kid").GetString()!).ToArray();
        Assert.NotEmpty(published);
        Assert.All(published, keyId => Assert.Contains(keyId, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_rotate_to_a_new_algorithm_is_published_by_the_running_server()
    {
        var output = (await _server.RunAsync("keys", "rotate", "--algorithm", "PS256")).Succeeded();

        Assert.Contains("is new and signs now", output, StringComparison.Ordinal);
        await KeySetShowsAsync(keys => keys.Any(key => key.GetProperty("alg").GetString() == "PS256"));
        var discovery = await JsonAsync("/.well-known/openid-configuration");
        Assert.Contains("PS256", discovery.GetProperty("id_token_signing_alg_values_supported").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Keys_rotate_waits_until_the_next_key_was_published_for_long_enough()
    {
        var before = Flows.Header(await TokenAsync()).GetProperty("kid").GetString();

        var output = (await _server.RunAsync("keys", "rotate")).Succeeded();

        Assert.Contains("when it has been published for long enough", output, StringComparison.Ordinal);
        Assert.Equal(before, Flows.Header(await TokenAsync()).GetProperty("kid").GetString());
    }

    [Fact]
    public async Task Keys_revoke_ends_a_key_and_its_tokens_in_the_running_server()
    {
        var token = await TokenAsync();
        var keyId = Flows.Header(token).GetProperty("kid").GetString()!;
        Assert.True((await IntrospectAsync(token)).GetProperty("active").GetBoolean());

        (await _server.RunAsync("keys", "revoke", keyId)).Succeeded();

        await KeySetShowsAsync(keys => keys.All(key => key.GetProperty("kid").GetString() != keyId));
        Assert.False((await IntrospectAsync(token)).GetProperty("active").GetBoolean());
        var next = await TokenAsync();
        Assert.NotEqual(keyId, Flows.Header(next).GetProperty("kid").GetString());
        Assert.True((await IntrospectAsync(next)).GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Tokens_end_ends_everything_of_a_client_in_the_running_server()
    {
        var token = await TokenAsync();
        var clientId = Flows.Claims(token).GetProperty("client_id").GetString()!;
        Assert.Equal(1, (await _server.RunAsync("tokens", "end", clientId, "--before", "2999-01-01T00:00:00Z")).ExitCode);
        (await _server.RunAsync("tokens", "end", clientId, "--before", "2001-01-01T00:00:00Z")).Succeeded();
        Assert.True((await IntrospectAsync(token)).GetProperty("active").GetBoolean());

        (await _server.RunAsync("tokens", "end", clientId)).Succeeded();

        await Waiting.UntilAsync(() => IntrospectAsync(token), answer => !answer.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Keys_revoke_says_when_there_is_no_such_key()
    {
        var result = await _server.RunAsync("keys", "revoke", "nothing");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("There is no key nothing", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_revoke_of_a_lost_key_lets_the_server_start_again()
    {
        var keyId = Flows.Header(await TokenAsync()).GetProperty("kid").GetString()!;
        _server.Kill();
        await _server.ExitedAsync();
        File.Delete(Path.Combine(_server.Home, "keys", "signing", keyId + ".key"));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(_server.StartAsync);
        Assert.Contains(keyId, refused.Message, StringComparison.Ordinal);
        var invited = await _server.RunAsync("users", "invite", "grace@example.com");
        Assert.Equal(1, invited.ExitCode);
        Assert.Contains(keyId, invited.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at AuthServer", invited.Output + invited.Errors, StringComparison.Ordinal);

        (await _server.RunAsync("keys", "list")).Succeeded();
        (await _server.RunAsync("keys", "revoke", keyId)).Succeeded();

        await _server.StartAsync();
        Assert.NotEqual(keyId, Flows.Header(await TokenAsync()).GetProperty("kid").GetString());
    }

    [Fact]
    public async Task Vault_rotate_keys_makes_a_new_key_beside_the_running_server_and_tells_the_trail()
    {
        var output = (await _server.RunAsync("vault", "rotate-keys")).Succeeded();

        var newest = Assert.Single(output.Split('\n'), line => line.Contains("seals now. 0 values were wrapped anew", StringComparison.Ordinal)).Split(' ')[0];
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_server.Home, "data", "authserver.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """SELECT "Id" FROM "VaultKeys" ORDER BY "CreatedAt" DESC LIMIT 1""";
        Assert.Equal(newest, await command.ExecuteScalarAsync());
        command.CommandText = """SELECT "Target" FROM "AuditEvents" WHERE "Type" = 'vault.keys_rotated'""";
        Assert.Equal(newest, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Audit_verify_reads_the_trail_beside_the_running_server_and_names_the_first_broken_record()
    {
        await TokenAsync();
        var output = (await _server.RunAsync("audit", "verify")).Succeeded();
        Assert.Contains("The trail is as it was written.", output, StringComparison.Ordinal);

        (await _server.RunAsync("keys", "rotate", "--algorithm", "PS256")).Succeeded();
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_server.Home, "data", "authserver.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """SELECT COUNT(*) FROM "AuditCheckpoints" """;
        Assert.Equal(1L, await command.ExecuteScalarAsync()); // by the command itself: the server's minute has not come

        command.CommandText = """UPDATE "AuditEvents" SET "ClientId" = 'other' WHERE "Type" = 'token.issued' RETURNING "Id" """;
        var id = (string)(await command.ExecuteScalarAsync())!;
        var broken = await _server.RunAsync("audit", "verify");
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains($"  {id} (writer wrt_", broken.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_invite_prints_a_link_by_which_one_person_registers()
    {
        var link = (await _server.RunAsync("users", "invite", "grace@example.com")).Succeeded().Trim();

        using var browser = new TestBrowser(_server.Address);
        await browser.GoAsync("/register");
        Assert.Contains("Accounts are by invitation", browser.Text, StringComparison.Ordinal);
        Assert.StartsWith(_server.Issuer, link, StringComparison.Ordinal);
        await browser.GoAsync(link);
        await browser.SubmitAsync(new() { ["Name"] = "Grace", ["Password"] = "another long and quiet sentence" });
        await browser.GoAsync("/account");
        Assert.Contains("grace@example.com", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);

        using var second = new TestBrowser(_server.Address);
        await second.GoAsync(link);
        Assert.Contains("not good any more", second.Text, StringComparison.Ordinal);
        Assert.Empty(second.Page.Forms);
    }

    [Fact]
    public async Task A_command_changes_no_client_or_person_though_its_shell_lacks_the_servers_settings()
    {
        (await _server.RunWithoutSettingsAsync("keys", "list")).Succeeded();
        (await _server.RunWithoutSettingsAsync("users", "invite", "grace@example.com")).Succeeded();

        // The first token request of this client: the server reads its row now.
        Assert.NotEmpty(await TokenAsync());
        using var browser = new TestBrowser(_server.Address);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);
        await browser.GoAsync("/account");
        Assert.Equal("/account", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task Users_administrator_gives_and_takes_the_pages_of_an_administrator()
    {
        Assert.Contains("is an administrator", (await _server.RunAsync("users", "administrator", Flows.Email)).Succeeded(), StringComparison.Ordinal);
        using var browser = new TestBrowser(_server.Address);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);
        await browser.GoAsync("/admin/mails");
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);

        // With an administrator there, a set-up link would open nothing.
        var invited = await _server.RunAsync("users", "invite", "second@example.com", "--administrator");
        Assert.Equal(1, invited.ExitCode);
        Assert.DoesNotContain("/setup", invited.Output, StringComparison.Ordinal);

        Assert.Contains("is no administrator", (await _server.RunAsync("users", "administrator", Flows.Email, "--remove")).Succeeded(), StringComparison.Ordinal);
        await browser.GoAsync("/admin/mails");
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        Assert.Contains("/setup?invitation=", (await _server.RunAsync("users", "invite", "second@example.com", "--administrator")).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(1, (await _server.RunAsync("users", "administrator", "nobody@example.com")).ExitCode);
    }

    [Fact]
    public async Task Users_reset_second_factor_lets_in_again_who_lost_it()
    {
        Assert.Equal(1, (await _server.RunAsync("users", "reset-second-factor", Flows.Email)).ExitCode);
        using var own = await SignInAsync("/account");
        await own.GoAsync("/account/authenticator");
        var app = new TestAuthenticator(own.Page.QuerySelector(".block code")!.TextContent, new TestClock(DateTimeOffset.UtcNow));
        await own.SubmitAsync(new() { ["Code"] = app.Code() }, "Set up");
        using var locked = await SignInAsync("/sign-in/second-step");

        Assert.Contains("with the password alone again", (await _server.RunAsync("users", "reset-second-factor", Flows.Email)).Succeeded(), StringComparison.Ordinal);
        using var again = await SignInAsync("/account");
    }

    private async Task<TestBrowser> SignInAsync(string leadsTo)
    {
        var browser = new TestBrowser(_server.Address);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal(leadsTo, browser.Address.AbsolutePath);
        return browser;
    }

    private async Task KeySetShowsAsync(Func<IReadOnlyList<JsonElement>, bool> expected)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (expected(await KeySetAsync()))
            {
                return;
            }

            await Task.Delay(BetweenLooks);
        }

        Assert.Fail($"The running server did not follow:\n{_server.Output}");
    }

    private async Task<IReadOnlyList<JsonElement>> KeySetAsync() => [.. (await JsonAsync("/.well-known/jwks")).GetProperty("keys").EnumerateArray()];

    private async Task<JsonElement> JsonAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await TestServer.JsonAsync(response);
    }

    private async Task<string> TokenAsync()
    {
        var answer = await PostAsync("/connect/token", ("grant_type", "client_credentials"), ("client_id", "machine"), ("client_secret", Flows.Secret));
        return answer.GetProperty("access_token").GetString()!;
    }

    private Task<JsonElement> IntrospectAsync(string token) =>
        PostAsync("/connect/introspect", ("token", token), ("client_id", "machine"), ("client_secret", Flows.Secret));

    private async Task<JsonElement> PostAsync(string path, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }
}
