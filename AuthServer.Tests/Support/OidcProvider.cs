using System.Diagnostics;
using System.Globalization;
using AuthServer.Tests.Interop;

namespace AuthServer.Tests.Support;

/// <summary>An OpenID provider that others wrote, <c>oidc-provider</c> from npm, in a Node process of its own: real sign-in pages, consent, rotating refresh tokens,
/// and at <c>/files</c> an API that wants its access tokens. It runs on the machine's clock.</summary>
public sealed class OidcProvider : IAsyncDisposable
{
    public const string ClientId = "authserver-at-the-provider";
    public const string Secret = "the-secret-of-an-app-at-the-provider-0123456789";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly int _port = TestServer.FreePort();
    private Process? _process;

    /// <summary>Known before it runs, since the server that it sends people back to needs it.</summary>
    public string Issuer => $"http://localhost:{_port}";

    /// <summary>As <c>AllowedPrivateHosts</c> names it.</summary>
    public string Name => $"localhost:{_port}";

    public TimeSpan AccessTokens { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan RefreshTokens { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Returns when it listens.</summary>
    /// <param name="redirectUris">Where it may send people back to.</param>
    public async Task StartAsync(params string[] redirectUris)
    {
        _process = NodeScript.Start("oidc-provider", ["oidc-provider.mjs"], new Dictionary<string, string>
        {
            ["PORT"] = _port.ToString(CultureInfo.InvariantCulture),
            ["CLIENT_ID"] = ClientId,
            ["CLIENT_SECRET"] = Secret,
            ["REDIRECT_URIS"] = string.Join(' ', redirectUris),
            ["ACCESS_TOKEN_SECONDS"] = Seconds(AccessTokens),
            ["REFRESH_TOKEN_SECONDS"] = Seconds(RefreshTokens),
        });
        var errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(StartLimit);
        var line = await _process.StandardOutput.ReadLineAsync(limit.Token);
        Assert.True(line == $"ready {Issuer}", line is null ? await errors : line);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }

        // It ends with its standard input.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Seconds(TimeSpan time) => ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
