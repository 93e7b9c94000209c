using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>A chain as whoever verifies it offline has it: files of tokens, and the server's published keys.</summary>
public static class ChainFiles
{
    /// <summary>The tokens of an answer, root first.</summary>
    public static string[] Chain(JsonElement answer) =>
        [.. answer.GetProperty("delegation_chain_tokens").EnumerateArray().Select(token => token.GetString()!), answer.GetProperty("access_token").GetString()!];

    /// <summary>What the command finds in files that hold a chain.</summary>
    public static async Task<(string Outcome, CommandResult Result)> VerifyAsync(TestServer server, string[] tokens, params string[] more)
    {
        using var folder = new TempFolder();
        using var http = server.CreateClient();
        await File.WriteAllBytesAsync(folder["jwks.json"], await http.GetByteArrayAsync("/.well-known/jwks"));
        foreach (var (i, token) in tokens.Index())
        {
            await File.WriteAllTextAsync(folder[$"{i}.jwt"], token + "\n");
        }

        string[] usual =
        [
            .. more.Contains("--now") ? [] : new[] { "--now", $"{server.Clock.Now.ToUnixTimeSeconds()}" },
            .. more.Contains("--audience") ? [] : new[] { "--audience", server.Issuer },
        ];
        var result = await ServerProcess.RunAloneAsync(folder, ["chain", "verify", "--jwks", "jwks.json", .. usual, .. more, .. tokens.Select((_, i) => $"{i}.jwt")]);
        return (result.Output.TrimEnd().Split('\n')[^1].TrimEnd(), result);
    }
}
