using System.Net;
using System.Text;
using AuthServer.Outbound;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuthServer.Tests.Outbound;

/// <summary>Against real servers: who names an address learns nothing by it, and keeps nobody busy.</summary>
[Trait("negative", "50")]
public sealed class OutboundClientTests : IAsyncLifetime
{
    private const int Largest = 5 * 1024;

    private readonly TestClock _clock = new();
    private readonly Names _names = new();
    private readonly LogLines _log = new();
    private DocumentHost _host = null!;
    private OutboundClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await DocumentHost.StartAsync();
        _client = Client(_host.Name);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_document_comes_with_how_long_it_may_be_kept()
    {
        _host.Serve("/plain", "{}");
        _host.Serve("/kept", """{"a":1}""", "max-age=600");
        _host.Serve("/never", "{}", "no-store");

        Assert.Null((await GetAsync("/plain")).Freshness);
        var kept = await GetAsync("/kept");
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(kept.Body.Span));
        Assert.Equal(TimeSpan.FromMinutes(10), kept.Freshness);
        Assert.Equal(TimeSpan.Zero, (await GetAsync("/never")).Freshness);
        Assert.Empty(_log.All);
    }

    [Theory]
    [InlineData("http://public.example/x")]
    [InlineData("https://user@public.example/x")]
    [InlineData("https://public.example/x#fragment")]
    [InlineData("https://public.example:25/x")]
    [InlineData("ftp://public.example/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://public.example/x")]
    [InlineData("https://\u00ad.example/x")]
    public async Task What_is_no_https_address_is_not_even_resolved(string address)
    {
        Assert.Equal("address", (await _client.GetAsync(new Uri(address), Largest, CancellationToken.None)).Failure);
        Assert.Equal(0, _names.Asked);
        Assert.Single(_log.All);
    }

    [Fact]
    public async Task A_name_that_is_longer_than_names_can_be_is_not_even_resolved()
    {
        var longest = string.Concat(Enumerable.Repeat("abcdefghi.", 24)) + "example.test1";
        _names.Answers = _ => [];
        Assert.Equal("dns", (await _client.GetAsync(new Uri($"https://{longest}/"), Largest, CancellationToken.None)).Failure);
        Assert.Equal("address", (await _client.GetAsync(new Uri($"https://{longest}2/"), Largest, CancellationToken.None)).Failure);

        Assert.Equal(1, _names.Asked);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi."
        + "abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi")]
    public async Task The_machine_knows_no_name_that_cannot_be(string name) => Assert.Empty(await new MachineHostNames().ResolveAsync(name));

    [Theory]
    [InlineData("https://127.0.0.1/x")]
    [InlineData("https://2130706433/x")]
    [InlineData("https://0x7f.1/x")]
    [InlineData("https://[::1]/x")]
    [InlineData("https://[::ffff:10.0.0.1]/x")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    public async Task A_private_address_is_refused_however_it_is_written(string address) =>
        Assert.Equal("private_address", (await _client.GetAsync(new Uri(address), Largest, CancellationToken.None)).Failure);

    [Fact]
    public async Task A_name_with_one_private_address_among_public_ones_is_refused()
    {
        _names.Answers = _ => [IPAddress.Parse("8.8.8.8"), IPAddress.Loopback];

        Assert.Equal("private_address", (await _client.GetAsync(new Uri("https://mixed.example/"), Largest, CancellationToken.None)).Failure);
        Assert.Contains("mixed.example:443: private_address", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_the_connection_goes_to_that_address()
    {
        using var client = Client($"moves.example:{_host.Port}");
        _host.Serve("/x", "{}");

        // The second answer would lead elsewhere: a client that resolves again to connect would not reach the host.
        _names.Answers = count => [count == 1 ? IPAddress.Loopback : IPAddress.Parse("127.0.0.2")];

        Assert.Null((await client.GetAsync(new Uri($"http://moves.example:{_host.Port}/x"), Largest, CancellationToken.None)).Failure);
        Assert.Equal(1, _names.Asked);
    }

    [Fact]
    public async Task A_name_that_became_private_is_refused_the_next_time()
    {
        _names.Answers = count => count == 1 ? [] : [IPAddress.Loopback];

        Assert.Equal("dns", (await _client.GetAsync(new Uri("https://moves.example/"), Largest, CancellationToken.None)).Failure);
        Assert.Equal("private_address", (await _client.GetAsync(new Uri("https://moves.example/"), Largest, CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        _host.Serve("/target", "{}");
        _host.Serve("/x", http =>
        {
            http.Response.Redirect("/target");
            return Task.CompletedTask;
        });

        Assert.Equal("status_302", (await GetAsync("/x")).Failure);
        Assert.Equal(0, _host.Asked("/target"));
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Only_200_counts(int status)
    {
        _host.Serve("/x", status == 204 ? "" : "{}", status: status);

        Assert.Equal($"status_{status}", (await GetAsync("/x")).Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ten_megabytes_are_not_read(bool announced)
    {
        var cut = new TaskCompletionSource();
        _host.Serve("/x", async http =>
        {
            using var cutOff = http.RequestAborted.Register(cut.SetResult);
            http.Response.ContentLength = announced ? 10 << 20 : null;
            var part = new byte[64 * 1024];
            for (var sent = 0; sent < 10 << 20; sent += part.Length)
            {
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
            }

            await cut.Task;
        });

        Assert.Equal("too_large", (await GetAsync("/x")).Failure);
        await cut.Task;
    }

    [Fact]
    public async Task Compression_is_not_unpacked()
    {
        _host.Serve("/x", http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            return http.Response.WriteAsync("not even gzip");
        });

        Assert.Equal("encoding", (await GetAsync("/x")).Failure);
    }

    [Fact]
    public async Task Who_drips_is_cut_off()
    {
        var (begun, cut) = (new TaskCompletionSource(), new TaskCompletionSource());
        _host.Serve("/x", async http =>
        {
            using var cutOff = http.RequestAborted.Register(cut.SetResult);
            await http.Response.WriteAsync("{");
            await http.Response.Body.FlushAsync();
            begun.SetResult();
            await cut.Task;
        });
        var answer = GetAsync("/x");
        await begun.Task;

        _clock.Advance(OutboundClient.Deadline);

        Assert.Equal("timeout", (await answer).Failure);
        await cut.Task;
    }

    [Fact]
    public async Task A_resolver_that_never_answers_is_given_up()
    {
        var asked = new TaskCompletionSource();
        _names.Hang = asked;
        var answer = _client.GetAsync(new Uri("https://slow.example/"), Largest, CancellationToken.None);
        await asked.Task;

        _clock.Advance(OutboundClient.Deadline);

        Assert.Equal("timeout", (await answer).Failure);
    }

    [Fact]
    public async Task Lookups_that_do_not_end_are_so_many_and_no_more_and_one_that_ends_makes_room()
    {
        _names.Hang = new TaskCompletionSource();
        for (var round = 0; round < 3; round++)
        {
            var answers = Enumerable.Range(0, 32).Select(i => _client.GetAsync(new Uri($"https://slow{i}.example/"), Largest, CancellationToken.None)).ToArray();
            _clock.Advance(OutboundClient.Deadline);
            Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("timeout", answer.Failure));
        }

        Assert.Equal(64, _names.Asked);
        _names.Hanging[0].SetResult([]);
        var next = _client.GetAsync(new Uri("https://slow.example/"), Largest, CancellationToken.None);
        Assert.Equal(65, _names.Asked);
        _names.Hanging[^1].SetResult([]);
        Assert.Equal("dns", (await next).Failure);
    }

    [Fact]
    public async Task Nobody_keeps_more_than_a_few_connections_busy_and_who_waits_for_a_turn_waits_no_longer_than_the_deadline()
    {
        var four = new TaskCompletionSource();
        _host.Serve("/x", async http =>
        {
            if (_host.Asked("/x") == 4)
            {
                four.TrySetResult();
            }

            var cut = new TaskCompletionSource();
            using var cutOff = http.RequestAborted.Register(cut.SetResult);
            await cut.Task;
        });
        var answers = Enumerable.Range(0, 40).Select(_ => GetAsync("/x")).ToArray();
        await four.Task;
        Assert.Equal(4, _host.Asked("/x"));

        _clock.Advance(OutboundClient.Deadline);

        Assert.All(await Task.WhenAll(answers), answer => Assert.Contains(answer.Failure, new[] { "busy", "timeout" }));
    }

    [Fact]
    public async Task Nobody_there_and_no_HTTP_there_are_the_same_failure()
    {
        var port = TestServer.FreePort();
        using var client = Client($"localhost:{port}");

        Assert.Equal("unreachable", (await client.GetAsync(new Uri($"http://localhost:{port}/"), Largest, CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task No_cookie_is_sent_back()
    {
        string? cookie = null;
        _host.Serve("/x", http =>
        {
            cookie = http.Request.Headers.Cookie;
            http.Response.Headers.SetCookie = "a=b";
            return http.Response.WriteAsync("{}");
        });
        await GetAsync("/x");

        Assert.Null((await GetAsync("/x")).Failure);
        Assert.Null(cookie);
    }

    private Task<OutboundAnswer> GetAsync(string path) => _client.GetAsync(_host.At(path), Largest, CancellationToken.None);

    private OutboundClient Client(string allowed) => new(
        new AuthServerOptions { Outbound = { AllowedPrivateHosts = [allowed] } }, _names, _clock, LoggerFactory.Create(log => log.AddProvider(_log)).CreateLogger<OutboundClient>());

    private sealed class Names : IHostNames
    {
        public int Asked { get; private set; }

        public Func<int, IPAddress[]> Answers { get; set; } = _ => [IPAddress.Loopback];

        public TaskCompletionSource? Hang { get; set; }

        public List<TaskCompletionSource<IPAddress[]>> Hanging { get; } = [];

        public Task<IPAddress[]> ResolveAsync(string host)
        {
            Asked++;
            if (Hang is null)
            {
                return Task.FromResult(Answers(Asked));
            }

            Hang.TrySetResult();
            Hanging.Add(new TaskCompletionSource<IPAddress[]>());
            return Hanging[^1].Task;
        }
    }
}
