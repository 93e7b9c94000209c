using AuthServer.Jose;
using AuthServer.Tests.Protocol.Delegation;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Configuration;

/// <summary>As an operator of an API runs it: a process of its own, with files, and no installation of the server.</summary>
public sealed class ChainCommandTests : IDisposable
{
    private static readonly string Now = $"{TestChain.Now.ToUnixTimeSeconds()}";

    private readonly TempFolder _folder = new();
    private readonly TestChain _chain = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_chain_that_passes_ends_with_ok_and_0_and_leaves_nothing_behind()
    {
        Write();
        var before = Directory.GetFileSystemEntries(_folder.Path);

        var result = await VerifyAsync("--audience", TestChain.Audience, "--now", "2027-01-15T08:00:00Z", "--scope", "crm.read", "--value", "amount=20", "--holder", TestChain.Thumbprint, "--without-status");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal(
            [
                "Token 0: \"agc_0\" for \"usr_1\" until 2027-01-15 08:10:00Z, [\"crm.*\",\"email:send\"], constraints: 1",
                "Token 1: \"agc_1\" for \"usr_1\" until 2027-01-15 08:09:59Z, [\"crm.*\",\"email:send\"], constraints: 1",
                "Token 2: \"agc_2\" for \"usr_1\" until 2027-01-15 08:09:58Z, [\"crm.*\",\"email:send\"], constraints: 1",
                "Not checked: revocation.",
                "ok",
            ],
            Lines(result));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_chain_that_is_refused_ends_with_the_outcome_and_1()
    {
        Write();

        var other = await VerifyAsync("--audience", "https://other.example", "--now", Now);
        Assert.Equal((1, "audience_mismatch"), (other.ExitCode, Lines(other)[^1]));
        var above = await VerifyAsync("--audience", TestChain.Audience, "--now", Now, "--scope", "crm.read", "--value", "amount=101");
        Assert.Equal((1, "ceiling_exceeded"), (above.ExitCode, Lines(above)[^1]));
        for (var hop = 0; hop < 3; hop++)
        {
            _chain.Claims[hop]["exp"] = 1000;
        }

        Write();
        var late = await VerifyAsync("--audience", TestChain.Audience); // no --now: the machine's, which is past 1970
        Assert.Equal((1, "expired"), (late.ExitCode, Lines(late)[^1]));
    }

    [Fact]
    public async Task Totals_are_given_apart_from_what_the_action_says()
    {
        for (var hop = 0; hop < 3; hop++)
        {
            _chain.SetConstraints(hop, """[{"key":"calls","max_lifetime":5},{"key":"spend","max_subtree":9},{"key":"currency","one_of":["EUR"]}]""");
        }

        Write();
        string[] asked = ["--now", Now, "--scope", "crm.read", "--value", "currency=\"EUR\""];

        Assert.Equal(0, (await VerifyAsync([.. asked, "--lifetime-total", "calls=5", "--subtree-total", "spend=8.5"])).ExitCode);
        Assert.Equal(1, (await VerifyAsync([.. asked, "--value", "calls=1", "--value", "spend=1"])).ExitCode);
    }

    [Fact]
    public async Task What_a_token_says_reaches_the_terminal_as_plain_text()
    {
        _chain.Claims[2]["client_id"] = "agc\u001b[31m\u009b\u202e";
        Write();

        var result = await VerifyAsync("--now", Now);

        Assert.Equal(0, result.ExitCode);
        Assert.All(result.Output, character => Assert.True(character is '\n' or '\r' or (>= ' ' and <= '~')));
    }

    [Fact]
    public async Task What_cannot_be_read_or_understood_ends_with_2()
    {
        Write();
        await File.WriteAllTextAsync(_folder["private.json"], """{"keys":[{"kty":"oct","k":"AAAA"}]}""");

        foreach (var arguments in new string[][]
        {
            ["chain", "verify", "--jwks", "jwks.json", "missing.jwt"],
            ["chain", "verify", "--jwks", "missing.json", "0.jwt"],
            ["chain", "verify", "--jwks", "private.json", "0.jwt"],
            ["chain", "verify", "--jwks", "jwks.json"],
            ["chain", "verify", "0.jwt"],
            ["chain", "verify", "--jwks", "jwks.json", "--now", "noon", "0.jwt"],
            ["chain", "verify", "--jwks", "jwks.json", "--value", "amount=", "0.jwt"],
            ["chain", "verify", "--jwks", "jwks.json", "--skew", "-1", "0.jwt"],
        })
        {
            var result = await ServerProcess.RunAloneAsync(_folder, arguments);
            Assert.True(result.ExitCode == 2, $"{string.Join(' ', arguments)}: {result.ExitCode}\n{result.Output}\n{result.Errors}");
            Assert.NotEmpty(result.Errors);
            Assert.DoesNotContain("   at AuthServer", result.Errors, StringComparison.Ordinal);
        }
    }

    private static string[] Lines(CommandResult result) => result.Output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private void Write()
    {
        File.WriteAllBytes(_folder["jwks.json"], new JsonWebKeySet([TestChain.Key.PublicKey]).ToUtf8());
        foreach (var (i, token) in _chain.Tokens().Index())
        {
            File.WriteAllText(_folder[$"{i}.jwt"], token + "\n");
        }
    }

    private Task<CommandResult> VerifyAsync(params string[] arguments) =>
        ServerProcess.RunAloneAsync(_folder, ["chain", "verify", "--jwks", "jwks.json", .. arguments, "0.jwt", "1.jwt", "2.jwt"]);
}
