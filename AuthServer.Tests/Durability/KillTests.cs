using System.Net;
using AuthServer.Tests.Support;
using Microsoft.Data.Sqlite;

namespace AuthServer.Tests.Durability;

/// <summary>Nothing is answered before it is on disk: <c>kill -9</c> takes no answered token back, and brings no used code back.</summary>
public sealed class KillTests : IAsyncLifetime
{
    private const int Rounds = 20;
    private const int Workers = 32;
    private const int Attempts = 64;

    // As long as this many requests that write nothing take: time enough to answer what has not been written.
    private const int RequestsBeforeTheKill = 50;

    // Of each kind and round; each is tried 64 times.
    private const int ContestedCodes = 1;

    private ServerProcess _server = null!;

    public async Task InitializeAsync() => _server = await ServerProcess.StartAsync(
    [
        .. Flows.Settings,
        ("AuthServer:Resources:1:Url", Flows.Other),
        ("AuthServer:Clients:0:GrantTypes:2", "client_credentials"),
        ("AuthServer:Demo", "false"),

        // A code that is refused after the restart must be refused because it was used, not because it is old.
        ("AuthServer:Tokens:Code", "00:10:00"),
        ("Logging:LogLevel:Default", "Warning"),
    ]);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_kill_amid_32_parallel_flows_loses_no_answered_token_and_brings_no_code_back()
    {
        using var clients = new Clients(_server, await Clients.SignInAsync(_server));
        var moments = new Random(20);
        var (answered, refreshed) = (new List<string>(), new List<string>());
        for (var round = 0; round < Rounds; round++)
        {
            try
            {
                var ledger = await RoundAsync(clients, moments.Next(40, 200), round % 2 == 0 ? KillAsync : KillWhileNothingCanBeWrittenAsync, refreshed);
                answered.AddRange(ledger.AccessTokens);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Round {round}: {e.Message}\nThe server wrote:\n{_server.Output}", e);
            }
        }

        _server.Kill();
        await _server.ExitedAsync();
        Assert.True(refreshed.Count > Rounds, "Hardly a refresh token was left to try.");
        Assert.Empty(answered.Concat(refreshed).Except(await IssuedAsync()));
        Assert.Equal(["ok"], await ReadAsync("PRAGMA integrity_check"));
    }

    /// <summary>One kill, one restart, and all that must hold afterwards.</summary>
    /// <param name="refreshed">Gets the ids of the access tokens that were refreshed after the restart.</param>
    private async Task<Ledger> RoundAsync(Clients clients, int killAt, Func<Task> kill, List<string> refreshed)
    {
        var ledger = new Ledger();
        await clients.RunUntilKilledAsync(ledger, Workers, killAt, kill);
        await _server.ExitedAsync();
        await _server.StartAsync();

        Assert.Empty(ledger.AccessTokens.Except(await IssuedAsync()));
        refreshed.AddRange(await AnsweredRefreshTokensWorkAsync(clients, ledger));
        await AnsweredCodesAreUsedUpAsync(clients, ledger);
        await OtherCodesWorkAtMostOnceAsync(clients, ledger);
        return ledger;
    }

    private Task KillAsync()
    {
        _server.Kill();
        return Task.CompletedTask;
    }

    /// <summary>Holds the database's write lock until the server is dead: an answer that came before its commit is one that the trail lacks.</summary>
    private async Task KillWhileNothingCanBeWrittenAsync()
    {
        await using var connection = await OpenAsync();
        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA busy_timeout = 30000; BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync();
            using var http = _server.CreateClient();
            for (var i = 0; i < RequestsBeforeTheKill; i++)
            {
                using var response = await http.GetAsync(new Uri("/.well-known/jwks", UriKind.Relative));
            }
        }
        finally
        {
            // Whatever happens: the workers run until the server is dead.
            _server.Kill();
            await _server.ExitedAsync();
        }
    }

    private static async Task<IEnumerable<string>> AnsweredRefreshTokensWorkAsync(Clients clients, Ledger ledger)
    {
        var unsent = ledger.RefreshTokens.Where(token => token.Fate == Fate.Unsent).ToArray();
        var answers = await Task.WhenAll(unsent.Select(token => clients.RefreshAsync(token.Value)));
        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, $"An answered refresh token does not work: {answer.Body}"));
        return answers.Select(answer => Clients.IdOf(answer.Body));
    }

    private static async Task AnsweredCodesAreUsedUpAsync(Clients clients, Ledger ledger)
    {
        var answers = await Task.WhenAll(ledger.CodesThat(Fate.Answered).Select(clients.RedeemAsync));
        Assert.All(answers, answer =>
        {
            Assert.True(answer.Status == HttpStatusCode.BadRequest, "A code was redeemed twice.");
            Assert.Equal("invalid_grant", answer.Body.GetProperty("error").GetString());
        });
    }

    private static async Task OtherCodesWorkAtMostOnceAsync(Clients clients, Ledger ledger)
    {
        foreach (var code in ledger.CodesThat(Fate.Unsent).Take(ContestedCodes))
        {
            Assert.Equal(1, await RedeemedAsync(clients, code));
        }

        foreach (var code in ledger.CodesThat(Fate.Unanswered).Take(ContestedCodes))
        {
            Assert.InRange(await RedeemedAsync(clients, code), 0, 1);
        }
    }

    private static async Task<int> RedeemedAsync(Clients clients, string code)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(_ => clients.RedeemAsync(code)));
        return answers.Count(answer => answer.Status == HttpStatusCode.OK);
    }

    /// <summary>The ids of the access tokens that the trail knows.</summary>
    private Task<List<string>> IssuedAsync() => ReadAsync("""SELECT "Id" FROM "AuditEvents" WHERE "Type" = 'token.issued'""");

    private async Task<List<string>> ReadAsync(string query)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // one of the texts of this file
        command.CommandText = query;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_server.Home, "data", "authserver.db")};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}
