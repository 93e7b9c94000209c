using System.Collections.Concurrent;
using System.Diagnostics;

namespace AuthServer.Tests.Support;

/// <summary>The built server as a process of its own, in Development on a loopback port, with a folder of its own. It can be killed
/// and started again on the same folder and port.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly TempFolder _home = new();
    private readonly Dictionary<string, string> _environment = new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["DOTNET_TieredPGO"] = "0",

        // Every test comes from one address.
        ["AuthServer__RateLimits__PerAddress"] = "1000000",
        ["AuthServer__RateLimits__SignIn"] = "1000000",
        ["AuthServer__RateLimits__OpenRequests"] = "1000000",
    };

    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    private ServerProcess((string Key, string Value)[] settings)
    {
        Address = new Uri($"http://localhost:{TestServer.FreePort()}/");
        _environment["Urls"] = Issuer;
        _environment["AuthServer__Home"] = _home.Path;
        foreach (var (key, value) in settings)
        {
            _environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
    }

    public Uri Address { get; }

    public string Issuer => Address.GetLeftPart(UriPartial.Authority);

    public string Home => _home.Path;

    /// <summary>All that it has written since the first start.</summary>
    public string Output => string.Join('\n', _output);

    public bool IsKilled { get; private set; }

    public static string Library { get; } = FindLibrary();

    /// <param name="settings">Configuration keys and values; they reach the server, and commands beside it, as environment variables.</param>
    public static async Task<ServerProcess> StartAsync(params (string Key, string Value)[] settings)
    {
        var server = new ServerProcess(settings);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when the server says that it is ready.</summary>
    public async Task StartAsync()
    {
        IsKilled = false;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Read(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { } text)
            {
                _output.Enqueue(text);
                if (text.StartsWith("AuthServer is ready", StringComparison.Ordinal))
                {
                    ready.TrySetResult();
                }
            }
        }

        _process = new Process { StartInfo = StartInfo(_environment, []), EnableRaisingEvents = true };
        _process.OutputDataReceived += Read;
        _process.ErrorDataReceived += Read;
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The server ended before it was ready:\n{Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(StartLimit);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"The server was not ready within {StartLimit}:\n{Output}");
        }
    }

    /// <summary><c>kill -9</c>: nothing of it runs any more.</summary>
    public void Kill()
    {
        IsKilled = true;
        _process!.Kill();
    }

    public async Task ExitedAsync() => await _process!.WaitForExitAsync();

    /// <summary>Runs a command on the same installation, as an operator would beside the running server.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => CommandResult.OfAsync(StartInfo(_environment, arguments));

    /// <summary>As <see cref="RunAsync"/>, from a shell that knows the folder and the environment's name but none of the server's other settings.</summary>
    public Task<CommandResult> RunWithoutSettingsAsync(params string[] arguments)
    {
        string[] known = ["ASPNETCORE_ENVIRONMENT", "AuthServer__Home"];
        return CommandResult.OfAsync(StartInfo(_environment.Where(pair => known.Contains(pair.Key)), arguments));
    }

    /// <summary>Runs a command where there is no installation, in Production, in an empty folder.</summary>
    public static Task<CommandResult> RunAloneAsync(TempFolder folder, params string[] arguments)
    {
        var start = StartInfo([new("ASPNETCORE_ENVIRONMENT", "Production"), new("AuthServer__Home", folder.Path)], arguments);
        start.WorkingDirectory = folder.Path;
        return CommandResult.OfAsync(start);
    }

    public HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _home.Dispose();
    }

    private static ProcessStartInfo StartInfo(IEnumerable<KeyValuePair<string, string>> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Library, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>artifacts/bin/AuthServer.Tests/release/ is where the tests are, artifacts/bin/AuthServer/release/ the server.</summary>
    private static string FindLibrary()
    {
        var tests = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(tests.Parent!.Parent!.FullName, "AuthServer", tests.Name, "AuthServer.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException("The server was not built beside its tests.", path);
    }
}
