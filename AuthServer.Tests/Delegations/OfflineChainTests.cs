using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

/// <summary>draft-asor-wimse-agent-delegation-chain: what agents with a key are given, an API verifies with the published keys alone.</summary>
public sealed class OfflineChainTests(ChainSide side) : IClassFixture<ChainSide>
{
    private static readonly SigningKey[] Keys = [.. Enumerable.Range(0, 3).Select(_ => SigningKey.Create(JwsAlgorithm.ES256))];

    [Fact]
    public async Task A_delegation_to_an_agent_with_a_key_gives_a_token_that_passes_offline()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.SignerAsync([Keys[1]]));
        var delegation = await alice.DelegatedAsync(bob, ["api.read"]);
        var answer = (await bob.ActAsync(delegation)).Is(HttpStatusCode.OK).Json;

        Assert.Equal("DPoP", Text(answer, "token_type"));
        Assert.Empty(answer.GetProperty("delegation_chain_tokens").EnumerateArray());
        var verified = await VerifyAsync(answer, "--scope", "api.read", "--holder", Keys[1].PublicKey.Thumbprint);
        Assert.Equal("ok", verified.Outcome);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    /// <summary>What the command finds in files that hold an answer's chain.</summary>
    private async Task<(string Outcome, CommandResult Result)> VerifyAsync(JsonElement answer, params string[] more) =>
        await VerifyAsync([.. answer.GetProperty("delegation_chain_tokens").EnumerateArray().Select(token => token.GetString()!), Text(answer, "access_token")], more);

    private async Task<(string Outcome, CommandResult Result)> VerifyAsync(string[] tokens, params string[] more)
    {
        using var folder = new TempFolder();
        using var http = side.Server.CreateClient();
        await File.WriteAllBytesAsync(folder["jwks.json"], await http.GetByteArrayAsync("/.well-known/jwks"));
        foreach (var (i, token) in tokens.Index())
        {
            await File.WriteAllTextAsync(folder[$"{i}.jwt"], token + "\n");
        }

        var result = await ServerProcess.RunAloneAsync(
            folder,
            [
                "chain", "verify", "--jwks", "jwks.json", "--audience", side.Server.Issuer, "--now", $"{side.Server.Clock.Now.ToUnixTimeSeconds()}", .. more,
                .. tokens.Select((_, i) => $"{i}.jwt"),
            ]);
        return (result.Output.TrimEnd().Split('\n')[^1].TrimEnd(), result);
    }
}
