using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AuthServer.Tests.Support;
using AuthServer.Vault.Secrets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>What was given to be kept stands nowhere in clear: not in the database, as it is on disk or as it is dumped, not in what is logged, told or answered.</summary>
[Trait("negative", "54")]
public sealed class KeptSecretsTests
{
    private static readonly string[] Secrets =
        ["kept-client-secret-4711", "kept-second-secret-0815", "sk-kept0openai0key", "SG.kept0sendgrid0key", "kept-access-token-2342", "kept-refused-secret-1"];

    [Fact]
    public async Task On_SQLite_they_are_in_no_file()
    {
        var side = new ConnectionSide();
        await side.InitializeAsync();
        try
        {
            var seen = await UseAsync(side);
            AssertNone(seen, "told, logged or answered");
            var files = Directory.GetFiles(side.Server.Home, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith("-shm", StringComparison.Ordinal)).ToList();
            Assert.Contains(files, path => path.EndsWith(".db", StringComparison.Ordinal));
            foreach (var file in files)
            {
                AssertNone(Encoding.Latin1.GetString(await ReadSharedAsync(file)), file);
            }
        }
        finally
        {
            await side.DisposeAsync();
            SqliteConnection.ClearAllPools();
        }
    }

    [Fact]
    public async Task On_PostgreSQL_they_are_in_no_row_of_no_table()
    {
        var settings = await PostgreSqlCluster.SettingsAsync();
        var side = new ConnectionSide { More = settings };
        await side.InitializeAsync();
        try
        {
            AssertNone(await UseAsync(side), "told, logged or answered");
            await using var connection = new NpgsqlConnection(settings.Single(setting => setting.Key.EndsWith("ConnectionString", StringComparison.Ordinal)).Value);
            await connection.OpenAsync();
            var tables = await ListAsync(connection, "SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public'");
            Assert.Contains("\"Connections\"", tables);
            foreach (var table in tables)
            {
                AssertNone(string.Join('\n', await ListAsync(connection, $"SELECT row_to_json(one)::text FROM {table} AS one")), table);
            }
        }
        finally
        {
            await side.DisposeAsync();
        }
    }

    /// <summary>Whatever is written down at the most talkative level, and whatever goes to a trace, while accounts are linked, used, renewed, refused and ended for real.</summary>
    [Fact]
    public async Task An_accounts_tokens_are_in_no_log_no_trace_no_answer_and_no_file()
    {
        var (side, spans) = (new TalkativeSide(), new System.Collections.Concurrent.ConcurrentQueue<string>());
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => spans.Enqueue(string.Join('\n', [span.DisplayName, .. span.TagObjects.Concat(span.Events.SelectMany(one => one.Tags)).Select(tag => $"{tag.Key}={tag.Value}"), .. span.Baggage.Select(one => one.Value)])),
        };
        ActivitySource.AddActivityListener(listener);
        await side.InitializeAsync();
        try
        {
            var seen = new StringBuilder();
            var secrets = await LiveAsync(side, seen);
            Assert.Contains(spans, span => span.Contains(side.Provider.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            Assert.Contains(side.Server.Logs.All, line => line.Contains("/connect/accounts", StringComparison.Ordinal));
            AssertNone(string.Join('\n', side.Server.Logs.All), "logged", secrets);
            AssertNone(string.Join('\n', spans), "traced", secrets);
            AssertNone(seen.ToString(), "answered", secrets);
            AssertNone(await side.Server.QueryAsync(async context => JsonSerializer.Serialize(await context.AuditEvents.AsNoTracking().ToListAsync())), "told", secrets);
            foreach (var file in Directory.GetFiles(side.Server.Home, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith("-shm", StringComparison.Ordinal)))
            {
                AssertNone(Encoding.Latin1.GetString(await ReadSharedAsync(file)), file, secrets);
            }
        }
        finally
        {
            await side.DisposeAsync();
            SqliteConnection.ClearAllPools();
        }
    }

    /// <summary>An account's whole life; every secret that there was in it.</summary>
    private static async Task<string[]> LiveAsync(ConnectSide side, StringBuilder seen)
    {
        var connection = await side.ConnectionAsync(row => row.ReturnCheck = AuthServer.Vault.Connections.ReturnCheck.App);
        var account = await side.AccountAsync(connection, "user_1");
        var code = await side.CodeAsync(account);
        List<string> secrets = [FakeProvider.ClientSecret];
        async Task KeepAsync()
        {
            if (await side.TokensAsync(account) is { } held)
            {
                secrets.AddRange([held.AccessToken, held.RefreshToken!]);
            }
        }

        async Task SendAsync(HttpMethod method, string path, object? body = null)
        {
            var answer = await RestAnswer.ReadAsync(await side.Acme.SendAsync(method, path, body));
            seen.AppendLine(answer.Text).AppendLine(answer.Response.ToString());
        }

        var id = ConnectSide.IdOf(account);
        await SendAsync(HttpMethod.Post, "/auth/exchange", new { code, provider = ConnectSide.ProviderId, redirectUri = ConnectSide.Callback, identifierId = "user_1" });
        await KeepAsync();
        Assert.Equal(3, secrets.Count);
        await SendAsync(HttpMethod.Get, $"{ConnectSide.Route}/{id}/proxy/things");
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        await SendAsync(HttpMethod.Get, $"{ConnectSide.Route}/{id}/proxy/things");
        await KeepAsync();
        Assert.Equal(5, secrets.Distinct().Count());
        side.Provider.OnToken(FakeFaults.Html, FakeFaults.Unreached);
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        foreach (var path in new[] { $"{ConnectSide.Route}/{id}/proxy/things", $"{ConnectSide.Route}/{id}", $"{ConnectSide.Route}/{id}/token", "/oauth-tokens?identifierId=user_1", "/api/v1/audit?limit=200" })
        {
            await SendAsync(HttpMethod.Get, path);
        }

        side.Server.Clock.Advance(TimeSpan.FromHours(1));
        await SendAsync(HttpMethod.Get, $"{ConnectSide.Route}/{id}");
        await KeepAsync();
        side.Provider.OnRevocation(FakeFaults.Status(503));
        await SendAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{id}");
        return [.. secrets.Distinct()];
    }

    /// <summary>A server that writes down all that it can.</summary>
    private sealed class TalkativeSide : ConnectSide
    {
        protected override Task<(string Key, string Value)[]> SettingsAsync() => Task.FromResult<(string, string)[]>(
            [.. new[] { "Default", "Microsoft", "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "System", "System.Net.Http", "AuthServer" }.Select(name => ($"Logging:LogLevel:{name}", "Trace"))]);
    }

    /// <summary>Gives secrets by every door, right ones and wrong ones; all that was answered, logged and told.</summary>
    private static async Task<string> UseAsync(ConnectionSide side)
    {
        var seen = new StringBuilder();
        async Task<RestAnswer> SendAsync(HttpMethod method, string path, object? body = null)
        {
            var answer = await side.TryAsync(method, path, body);
            seen.AppendLine(answer.Text).AppendLine(answer.Response.ToString());
            return answer;
        }

        var id = Id((await SendAsync(HttpMethod.Post, Route, new { provider = "gmail", name = "Kept", credentials = new { client_id = "app", client_secret = Secrets[0] } })).Is(HttpStatusCode.Created).Json);
        (await SendAsync(HttpMethod.Patch, Path(id), new { credentials = new { client_secret = Secrets[1] } })).Is(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Put, "/credentials", new { openaiApiKey = Secrets[2], sendgridApiKey = Secrets[3] })).Is(HttpStatusCode.OK);
        await side.AccountAsync(id, side.Owner.Id, Secrets[4]);
        (await SendAsync(HttpMethod.Patch, Path(id), new { credentials = new { client_secret = Secrets[5] + "\n" } })).Is(HttpStatusCode.BadRequest);
        (await SendAsync(HttpMethod.Put, "/credentials", new { anthropicApiKey = Secrets[5] })).Is(HttpStatusCode.BadRequest);
        (await SendAsync(HttpMethod.Post, Route, $$$"""{"provider":"gmail","credentials":{"client_secret":["{{{Secrets[5]}}}"]}}""")).Is(HttpStatusCode.BadRequest);
        foreach (var path in new[] { Route, Path(id), Path(id, "/versions"), Path(id, "/versions/1?against=2"), Path(id, "/export"), "/credentials", "/api/v1/audit?limit=200" })
        {
            (await SendAsync(HttpMethod.Get, path)).Is(HttpStatusCode.OK);
        }

        (await SendAsync(HttpMethod.Post, Path(id, "/versions/1/restore"))).Is(HttpStatusCode.OK);
        seen.AppendJoin('\n', side.Server.Logs.All);
        seen.Append(await side.Server.QueryAsync(async context => JsonSerializer.Serialize(new
        {
            trail = await context.AuditEvents.AsNoTracking().ToListAsync(),
            versions = await context.ConnectionVersions.AsNoTracking().ToListAsync(),
            connections = await context.Connections.AsNoTracking().ToListAsync(),
        })));

        // They are there all the same.
        var row = await side.Server.QueryAsync(context => context.Connections.AsNoTracking().SingleAsync(row => row.Id == id));
        Assert.Equal(Secrets[1], side.Server.Services.GetRequiredService<AuthServer.Vault.Connections.Connections>().OpenSecret(row).ClientSecret);
        Assert.True(SealedColumns.Has(row.SecretPlace));
        return seen.ToString();
    }

    /// <summary>As they are, and as they may be written in JSON, in base64 or in hexadecimal digits.</summary>
    private static void AssertNone(string text, string where) => AssertNone(text, where, Secrets);

    private static void AssertNone(string text, string where, IEnumerable<string> secrets)
    {
        foreach (var secret in secrets)
        {
            var bytes = Encoding.UTF8.GetBytes(secret);
            foreach (var form in new[] { secret, Convert.ToBase64String(bytes)[..12], Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes), Uri.EscapeDataString(secret) })
            {
                Assert.False(text.Contains(form, StringComparison.Ordinal), $"A secret is in clear: {where}");
            }
        }
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql)
    {
        var rows = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
