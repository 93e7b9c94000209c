using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AuthServer.Bench.Servers;

/// <summary>A server process on a free loopback port, ended with this object.</summary>
public sealed class ChildServer : IDisposable
{
    private const int KeptLines = 30;

    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Queue<string> _output = new();
    private readonly Dictionary<string, int> _marked = [];
    private bool _ended;

    private ChildServer(Process process, IPEndPoint address)
    {
        _process = process;
        Address = address;
        // Whoever stops this program stops its servers too.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public IPEndPoint Address { get; }

    public Uri Url => new($"http://{Address}");

    /// <summary>From the start of the process to the first good answer.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Processor time until then, on all cores: the figure that a busy machine does not spoil.</summary>
    public TimeSpan ReadyWork { get; private set; }

    public static IPEndPoint FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; the message has its last output.</exception>
    public static async Task<ChildServer> StartAsync(
        IPEndPoint address, string assembly, string[] arguments, IReadOnlyDictionary<string, string> environment, string readyPath)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var clock = Stopwatch.StartNew();
        var server = new ChildServer(Process.Start(start)!, address);
        try
        {
            server.Listen();
            await server.WaitAsync(readyPath, clock);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Resident memory in MB.</summary>
    public double ResidentMegabytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Processor time since it was started, on all cores.</summary>
    public TimeSpan Work
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>How many lines it has written in which this stands, since somebody first asked.</summary>
    public int CountLines(string mark)
    {
        lock (_output)
        {
            _marked.TryAdd(mark, 0);
            return _marked[mark];
        }
    }

    public string LastOutput()
    {
        lock (_output)
        {
            return string.Join(Environment.NewLine, _output);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, true))
        {
            return;
        }

        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Listen()
    {
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.Enqueue(line.Data ?? "");
            foreach (var mark in _marked.Keys.Where(mark => line.Data?.Contains(mark, StringComparison.Ordinal) == true).ToList())
            {
                _marked[mark]++;
            }

            if (_output.Count > KeptLines)
            {
                _output.Dequeue();
            }
        }
    }

    private async Task WaitAsync(string readyPath, Stopwatch clock)
    {
        using var http = new HttpClient { BaseAddress = Url, Timeout = StartsWithin };
        while (clock.Elapsed < StartsWithin && !_process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(readyPath, UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                {
                    ReadyAfter = clock.Elapsed;
                    ReadyWork = _process.TotalProcessorTime;
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(5);
        }

        throw new InvalidOperationException($"The server was not ready.{Environment.NewLine}{LastOutput()}");
    }
}
