using System.Net;
using AuthServer.Outbound;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuthServer.Tests.Outbound;

/// <summary>What the vault asks providers, and what it calls for agents, at addresses that organizations write: no way to the inside, and nobody is kept busy.</summary>
[Trait("negative", "50")]
public sealed class OutboundRequestsTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private readonly Names _names = new();
    private DocumentHost _host = null!;
    private OutboundRequests _requests = null!;
    private OutboundStreams _streams = null!;

    public async Task InitializeAsync()
    {
        _host = await DocumentHost.StartAsync();
        var options = new AuthServerOptions { Outbound = { AllowedPrivateHosts = [_host.Name] } };
        _requests = new OutboundRequests(options, _names, _clock, NullLogger<OutboundRequests>.Instance);
        _streams = new OutboundStreams(options, _names, _clock, NullLogger<OutboundStreams>.Instance);
    }

    public async Task DisposeAsync()
    {
        _streams.Dispose();
        _requests.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("https://169.254.169.254/token")]
    [InlineData("https://[::ffff:169.254.169.254]/token")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/token")]
    [InlineData("https://100.64.0.1/token")]
    [InlineData("https://[fe80::1]/token")]
    [InlineData("https://2130706433/token")]
    [InlineData("https://0x7f.1/token")]
    [InlineData("https://127.0.0.1:1025/token")]
    public async Task A_private_address_is_refused_however_it_is_written(string address)
    {
        Assert.Equal("private_address", (await SendAsync(new Uri(address))).Failure);
        Assert.Equal("private_address", await OpenAsync(new Uri(address)));
    }

    [Theory]
    [InlineData("http://public.example/token")]
    [InlineData("https://user@public.example/token")]
    [InlineData("https://public.example:25/token")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://public.example/token")]
    public async Task What_is_no_https_address_is_not_even_resolved(string address)
    {
        Assert.Equal("address", (await SendAsync(new Uri(address))).Failure);
        Assert.Equal("address", await OpenAsync(new Uri(address)));
        Assert.Equal(0, _names.Asked);
    }

    [Fact]
    public async Task A_name_that_became_private_or_leads_to_both_is_refused()
    {
        var address = new Uri("https://moves.example/token");
        _names.Answer = [IPAddress.Parse("93.184.216.34"), IPAddress.Parse("10.0.0.7")];
        Assert.Equal("private_address", (await SendAsync(address)).Failure);
        Assert.Equal("private_address", await OpenAsync(address));

        _names.Answer = [IPAddress.Loopback];
        Assert.Equal("private_address", (await SendAsync(address)).Failure);
        Assert.Equal("private_address", await OpenAsync(address));
    }

    [Fact]
    public async Task A_redirect_of_a_token_endpoint_is_an_answer_and_leads_nowhere()
    {
        _host.Serve("/target", "{}");
        _host.Serve("/token", http =>
        {
            http.Response.Redirect("/target");
            return Task.CompletedTask;
        });

        Assert.Equal((302, null), (await SendAsync(_host.At("/token"))) is var answer ? (answer.Status, answer.Failure) : default);
        Assert.Equal(0, _host.Asked("/target"));
    }

    [Fact]
    public async Task Compression_is_not_unpacked_and_five_megabytes_are_not_read()
    {
        _host.Serve("/packed", http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            return http.Response.WriteAsync("not even gzip");
        });
        _host.Serve("/huge", $$"""{"padding":"{{new string('x', 5_000_000)}}"}""");

        Assert.Equal("encoding", (await SendAsync(_host.At("/packed"))).Failure);
        Assert.Equal("too_large", (await SendAsync(_host.At("/huge"))).Failure);
    }

    [Fact]
    public async Task Who_drips_is_cut_off()
    {
        var (begun, cut) = (new TaskCompletionSource(), new TaskCompletionSource());
        _host.Serve("/token", async http =>
        {
            using var cutOff = http.RequestAborted.Register(cut.SetResult);
            await http.Response.WriteAsync("{");
            await http.Response.Body.FlushAsync();
            begun.SetResult();
            await cut.Task;
        });
        var answer = SendAsync(_host.At("/token"));
        await begun.Task;

        _clock.Advance(OutboundRequests.Deadline);

        Assert.Equal(("timeout", true), (await answer) is var given ? (given.Failure, given.WasSent) : default);
        await cut.Task;
    }

    private Task<OutboundResult> SendAsync(Uri address) => _requests.SendAsync(new OutboundCall { Method = "POST", Address = address, Body = "a=b"u8.ToArray() }, CancellationToken.None);

    private async Task<string?> OpenAsync(Uri address)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, address);
        using var answer = await _streams.OpenAsync(message, _streams.Begin(TimeSpan.FromSeconds(30), CancellationToken.None), CancellationToken.None);
        return answer.Failure;
    }

    private sealed class Names : IHostNames
    {
        public int Asked { get; private set; }

        public IPAddress[] Answer { get; set; } = [IPAddress.Loopback];

        public Task<IPAddress[]> ResolveAsync(string host)
        {
            Asked++;
            return Task.FromResult(Answer);
        }
    }
}
