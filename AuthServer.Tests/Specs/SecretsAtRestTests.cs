using System.Text;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Protocol.Tokens;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>What a stolen database or a log that many can read gives away: nothing that opens anything.</summary>
[Trait("negative", "46")]
public sealed class SecretsAtRestTests : IAsyncLifetime
{
    private readonly List<string> _secrets = [Flows.Secret, OtherSecret, Flows.Password, Flows.Verifier];
    private TestServer _server = null!;

    // All that can be logged, but for the framework's line per request: it quotes the URL, where some clients put what does not belong there.
    public async Task InitializeAsync() => _server = await Flows.StartAsync(
        services => services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = PasswordHashes.Rounds),
        [.. Clients, ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"), ("Logging:LogLevel:Microsoft.AspNetCore.Hosting", "Warning"),
            ("Logging:LogLevel:Microsoft.EntityFrameworkCore", "Trace")]);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task No_secret_code_or_token_is_in_the_database_or_in_a_log_line()
    {
        await WalkAsync();

        // Every sort of thing was given out, so the search below is a search.
        Assert.True(_secrets.Count > 15, $"{_secrets.Count}");
        var database = await ReadDatabaseAsync();
        var referenceId = Handle.ReferenceId(_secrets[^1]);
        Assert.True(Contains(database, referenceId), "The last token's hash is not in the files: they are not the database.");
        var log = _server.Logs.All.ToArray();
        Assert.NotEmpty(log);
        foreach (var secret in _secrets)
        {
            foreach (var form in Forms(secret))
            {
                Assert.False(Contains(database, form), $"The database holds {secret}.");
                var told = log.FirstOrDefault(line => line.Contains(form, StringComparison.Ordinal));
                Assert.True(told is null, $"The log holds {secret}: {told}");
            }
        }
    }

    [Fact]
    public async Task Client_secrets_are_stored_as_salted_slow_hashes_and_tokens_as_sha256()
    {
        await WalkAsync();

        var hashes = await _server.QueryAsync(context => context.Applications.Where(row => row.ClientSecret != null).Select(row => row.ClientSecret!).ToListAsync());
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
        Assert.All(hashes, hash => Assert.True(Convert.FromBase64String(hash).AsSpan(5, 4).SequenceEqual(new byte[] { 0, 3, 0x34, 0x50 }), "210,000 rounds"));

        var tokens = await _server.QueryAsync(context => context.Tokens.ToListAsync());
        Assert.NotEmpty(tokens);
        Assert.All(tokens, row => Assert.Equal(32, Convert.FromBase64String(row.ReferenceId!).Length));
    }

    /// <summary>Everything that answers with something secret, and refusals that were sent something secret.</summary>
    private async Task WalkAsync()
    {
        using var browser = new TestBrowser(_server);
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        _secrets.Add(answer["code"]);
        _secrets.AddRange(browser.Cookies.GetAllCookies().Where(cookie => cookie.Value.Length > 20).Select(cookie => cookie.Value));
        var tokens = await KeepAsync(await Flows.RedeemAsync(_server, answer["code"]));
        var unused = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect, ("response_mode", null));
        _secrets.Add(unused["code"]);
        await KeepAsync(await Flows.TokenAsync(_server, "machine", Flows.Secret, ("grant_type", "client_credentials")));

        var assertion = Assertion(_server);
        _secrets.Add(assertion);
        await KeepAsync(await PostAsync(("grant_type", "client_credentials"), ("scope", "things.read"), ("client_assertion_type", AssertionType), ("client_assertion", assertion)));

        // Refused ones: what was sent must not be remembered for being wrong.
        foreach (var wrong in new[] { "a-wrong-secret-that-somebody-mistyped", "another-wrong-secret-of-somebody-else" })
        {
            _secrets.Add(wrong);
            using var refused = await Flows.TokenAsync(_server, "machine", wrong, ("grant_type", "client_credentials"), ("client_id", "machine"));
            using var posted = await PostAsync(("grant_type", "client_credentials"), ("client_id", "machine"), ("client_secret", wrong));
            Assert.False(refused.IsSuccessStatusCode || posted.IsSuccessStatusCode);
        }

        using var asBearer = await Flows.PostAsync(_server, "/connect/introspect", "web", Flows.Secret, ("token", Text(tokens, "access_token")));
        using var revoked = await Flows.PostAsync(_server, "/connect/revoke", "machine", Flows.Secret, ("token", Text(tokens, "refresh_token")));
        using var wrongVerifier = await Flows.RedeemAsync(_server, unused["code"], ("code_verifier", "a-wrong-verifier-that-is-long-enough-for-rfc-7636"));
        _secrets.Add("a-wrong-verifier-that-is-long-enough-for-rfc-7636");
        using var inQuery = await SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/token?client_id=machine&client_secret=" + Flows.Secret) { Content = Form(("grant_type", "client_credentials")) });
        using var replay = await Flows.RedeemAsync(_server, answer["code"]);
        await KeepAsync(await Flows.RefreshAsync(_server, Text(await KeepAsync(await Flows.RedeemAsync(_server, unused["code"])), "refresh_token")));
    }

    private async Task<JsonElement> KeepAsync(HttpResponseMessage response)
    {
        var answer = await OkAsync(response);
        foreach (var name in new[] { "access_token", "id_token", "refresh_token" })
        {
            if (answer.TryGetProperty(name, out var token))
            {
                _secrets.Add(token.GetString()!);
            }
        }

        response.Dispose();
        return answer;
    }

    private Task<HttpResponseMessage> PostAsync(params (string, string)[] fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = Form(fields) });

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using var http = _server.CreateClient();
        return await http.SendAsync(request);
    }

    private async Task<byte[]> ReadDatabaseAsync()
    {
        // The write-ahead log too: it holds what is not in the file yet.
        var all = new MemoryStream();
        foreach (var path in Directory.GetFiles(Path.Combine(_server.Home, "data")))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await file.CopyToAsync(all);
        }

        return all.ToArray();
    }

    /// <summary>The value, its percent encoding, and its signature or payload alone where it is a JWT.</summary>
    private static IEnumerable<string> Forms(string secret) =>
        new[] { secret, Uri.EscapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) }
            .Concat(secret.StartsWith("ey", StringComparison.Ordinal) ? [secret.Split('.')[^1]] : [])
            .Concat(secret.Contains("secret", StringComparison.Ordinal) ? [Basic("machine", secret)["Basic ".Length..]] : [])
            .Distinct();

    private static bool Contains(byte[] octets, string text) => octets.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
}
