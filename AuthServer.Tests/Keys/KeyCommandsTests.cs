using System.CommandLine;
using AuthServer.Jose;
using AuthServer.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Keys;

public sealed class KeyCommandsTests : IAsyncDisposable
{
    private readonly Installation _installation = new();

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task List_shows_each_key_with_its_state()
    {
        var keys = (await _installation.StartedAsync()).GetRequiredService<SigningKeys>();

        var (code, output, _) = await RunAsync("keys list");

        Assert.Equal(0, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Matches($"^{keys.Current(JwsAlgorithm.ES256).KeyId}  ES256  current   2026-01-01 00:00Z  2026-04-01 00:00Z", lines[1]);
        Assert.Contains("next", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_lets_the_next_keys_of_every_algorithm_sign_and_a_server_follows()
    {
        var node = await _installation.StartedAsync();
        var keys = node.GetRequiredService<SigningKeys>();
        var before = keys.Snapshot;
        _installation.Clock.Advance(TimeSpan.FromHours(1));

        var (code, output, _) = await RunAsync("keys rotate");
        await node.GetRequiredService<KeyRing>().ReloadAsync(CancellationToken.None);

        Assert.Equal(0, code);
        Assert.Equal(2, output.Split('\n').Count(line => line.EndsWith("signs now", StringComparison.Ordinal)));
        Assert.All(before.Algorithms, algorithm => Assert.NotEqual(before.Current(algorithm).KeyId, keys.Current(algorithm).KeyId));
    }

    [Fact]
    public async Task Rotate_to_a_new_algorithm_makes_its_first_key()
    {
        var node = await _installation.StartedAsync();

        var (code, output, _) = await RunAsync("keys rotate --algorithm PS256");
        await node.GetRequiredService<KeyRing>().ReloadAsync(CancellationToken.None);

        Assert.Equal(0, code);
        Assert.Contains("is new and signs now", output, StringComparison.Ordinal);
        Assert.Equal(JwsAlgorithm.PS256, node.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.PS256).Algorithm);
    }

    [Fact]
    public async Task Revoke_ends_a_key_and_says_that_its_successor_came_early()
    {
        var keys = (await _installation.StartedAsync()).GetRequiredService<SigningKeys>();
        var keyId = keys.Current(JwsAlgorithm.ES256).KeyId;

        var (code, output, _) = await RunAsync($"keys revoke {keyId}");
        var (again, _, error) = await RunAsync($"keys revoke {keyId}");

        Assert.Equal(0, code);
        Assert.Contains($"ES256 {keyId} is revoked", output, StringComparison.Ordinal);
        Assert.Contains("earlier than announced", output, StringComparison.Ordinal);
        Assert.Equal(1, again);
        Assert.Contains("no key", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_signing_key_can_be_revoked_and_then_the_server_starts_again()
    {
        var keyId = (await _installation.StartedAsync()).GetRequiredService<SigningKeys>().Current(JwsAlgorithm.RS256).KeyId;
        File.Delete(_installation.KeyFile(keyId));
        Assert.Single(await (await _installation.NodeAsync()).OpenKeysAsync(CancellationToken.None));

        var (code, _, _) = await RunAsync($"keys revoke {keyId}");

        Assert.Equal(0, code);
        Assert.NotEqual(keyId, (await _installation.StartedAsync()).GetRequiredService<SigningKeys>().Current(JwsAlgorithm.RS256).KeyId);
    }

    [Theory]
    [InlineData("keys rotate")]
    [InlineData("keys revoke some")]
    public async Task Before_the_first_start_there_is_nothing_to_change_and_nothing_is_made(string line)
    {
        var (code, _, error) = await RunAsync(line);

        Assert.Equal(1, code);
        Assert.Contains("no keys yet", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_installation.Home["keys"]));
    }

    [Fact]
    public async Task A_failure_is_one_sentence_and_exit_code_1()
    {
        var command = new RootCommand { KeyCommands.Create(_ => throw new InvalidOperationException("The database is away.")) };
        using var error = new StringWriter();

        Assert.Equal(1, await command.Parse("keys list").InvokeAsync(new InvocationConfiguration { Error = error }));
        Assert.Equal("The database is away.", error.ToString().Trim());
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = new RootCommand { KeyCommands.Create(async _ => await _installation.NodeAsync()) };
        var code = await command.Parse(line).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
