using System.CommandLine;

namespace AuthServer.Mcp.Stdio;

/// <summary><c>mcp</c>: bridges standard input and output to a server's MCP endpoint, for hosts that start programs. It needs no installation.</summary>
internal static class StdioCommand
{
    private const string UrlVariable = "AGENTAUTH_URL";
    private const string KeyVariable = "AGENTAUTH_API_KEY";
    private const int Unusable = 2;

    public static Command Create()
    {
        var command = new Command("mcp", $"Bridges standard input and output to the MCP server of {UrlVariable}. {KeyVariable} is the API key of authenticate where none is given.");
        command.SetAction((_, ct) => RunAsync(ct));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken ct)
    {
        if (Address(Environment.GetEnvironmentVariable(UrlVariable)) is not { } address)
        {
            await Console.Error.WriteLineAsync($"{UrlVariable} must be the address of an AuthServer: https, or http on a loopback address.");
            return Unusable;
        }

        // A host reads every line of the output as a message: it is UTF-8 without a mark before it, and nobody else writes to it.
        await using var output = new StreamWriter(Console.OpenStandardOutput());
        using var input = new StreamReader(Console.OpenStandardInput());
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
        await new StdioBridge(http, Environment.GetEnvironmentVariable(KeyVariable), output, Console.Error).RunAsync(input, ct);
        return 0;
    }

    /// <summary>Keys and tokens go there, so nobody on the way may read them.</summary>
    private static Uri? Address(string? url) =>
        Uri.TryCreate(url?.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) ? uri : null;
}
