using System.Net;
using System.Net.Sockets;
using System.Text;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;

namespace AuthServer.Tests.Vault.Proxy;

/// <summary>Messages that two sides could read in two ways: what a caller writes reaches no provider as more than one call, and what a provider writes reaches no caller as
/// more than one answer.</summary>
[Trait("negative", "55")]
public sealed class ProxySmugglingTests : IAsyncLifetime
{
    private const string Smuggled = "GET /api/smuggled HTTP/1.1\r\nHost: evil\r\n\r\n";

    private readonly RawAnswers _raw = new();
    private VaultSide _side = null!;
    private ConnectedAccount _account = null!;
    private string _key = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync(null, ("AuthServer:Outbound:AllowedPrivateHosts:1", _raw.Name));
        _account = await _side.AccountAsync(await _side.ConnectionAsync());
        (_, _key) = await _side.AgentAsync("vault:tokens:use");
    }

    public async Task DisposeAsync()
    {
        _raw.Dispose();
        await _side.DisposeAsync();
    }

    [Theory]
    [InlineData("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 0\r\nContent-Length: 44\r\n\r\n")]
    [InlineData("Content-Length: 0, 44\r\n\r\n")]
    [InlineData("Content-Length: +0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0;a=\"\n\"\r\n\r\n")]
    [InlineData("X-A: a\r\n X-Smuggled: 1\r\n\r\n")]
    [InlineData("X-A: a\rX-Smuggled: 1\r\n\r\n")]
    [InlineData("X-A: a\nX-Smuggled: 1\r\n\r\n")]
    [InlineData("X-A: a\0X-Smuggled: 1\r\n\r\n")]
    [InlineData("X-A\r\nX-Smuggled : 1\r\n\r\n")]
    [InlineData("Connection: Authorization\r\nX-A: 1\r\n\r\n")]
    public async Task A_request_that_can_be_read_in_two_ways_is_one_call_or_none(string rest)
    {
        var token = _side.Open(_account)!.AccessToken;
        await SendRawAsync($"POST /api/v1/connected-accounts/{_account.Id}/proxy/things HTTP/1.1\r\nHost: {_side.Server.Address.Authority}\r\nAuthorization: Bearer {_key}\r\n{rest}{Smuggled}");

        Assert.InRange(_side.Provider.Calls.Count, 0, 1);
        foreach (var call in _side.Provider.Calls)
        {
            Assert.Equal(("POST", "/api/things", 0L), (call.Method, call.Path, call.Length));
            Assert.Equal("Bearer " + token, call.Headers["Authorization"]);
            Assert.Equal(_side.Provider.Name, call.Headers["Host"]);
            Assert.DoesNotContain("Smuggled", string.Join('\n', call.Headers.Keys), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled")]
    public async Task What_follows_an_answer_is_not_the_answer_to_the_next_call(string raw)
    {
        var connection = await _side.ConnectionAsync();
        await _side.DefineAsync(definition => definition["api"]!["base_url"] = $"http://{_raw.Name}");
        var account = await _side.AccountAsync(connection);
        _raw.Answers.Enqueue(raw);
        _raw.Answers.Enqueue("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond");

        using var first = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x", _key);
        Assert.Equal("first", await first.Content.ReadAsStringAsync());
        using var second = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x", _key);

        Assert.Equal("second", await second.Content.ReadAsStringAsync());
    }

    private async Task SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _side.Server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        await stream.CopyToAsync(Stream.Null);
    }

    /// <summary>A server that reads a request's head and writes what it was told, byte for byte. A connection is kept for as long as its other side wants.</summary>
    private sealed class RawAnswers : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public RawAnswers()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public string Name => $"localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public System.Collections.Concurrent.ConcurrentQueue<string> Answers { get; } = new();

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using var _ = client;
            var (stream, head, buffer) = (client.GetStream(), "", new byte[4096]);
            try
            {
                while (await stream.ReadAsync(buffer) is > 0 and var read)
                {
                    head += Encoding.Latin1.GetString(buffer, 0, read);
                    if (head.EndsWith("\r\n\r\n", StringComparison.Ordinal) && Answers.TryDequeue(out var answer))
                    {
                        head = "";
                        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
                    }
                }
            }
            catch (IOException)
            {
                // Its other side has had enough.
            }
        }
    }
}
