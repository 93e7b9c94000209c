using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Vault.Proxy;

/// <summary>A gigabyte through the proxy, there and back: it passes through, and is nowhere kept.</summary>
[Trait("negative", "55")]
public sealed class ProxyVolumeTests : IAsyncLifetime
{
    private const long Gigabyte = 1L << 30;
    private const int Chunk = 256 * 1024;

    // Caller, server and provider are one process here, and each has its own buffers.
    private const long MostKept = 256L << 20;

    private VaultSide _side = null!;
    private string _path = null!;
    private string _key = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync();
        _path = $"/connected-accounts/{(await _side.AccountAsync(await _side.ConnectionAsync())).Id}/proxy/volume";
        (_, _key) = await _side.AgentAsync("vault:tokens:use");
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task A_body_of_a_gigabyte_is_sent_on_as_it_comes()
    {
        var (before, most, length) = (GC.GetTotalMemory(forceFullCollection: true), 0L, 0L);
        _side.Provider.Serve("/api/volume", async http =>
        {
            var chunk = new byte[Chunk];
            while (await http.Request.Body.ReadAsync(chunk) is > 0 and var read)
            {
                length += read;
                most = Math.Max(most, Kept(length));
            }
        });

        using var answer = await _side.CallAsync(HttpMethod.Post, _path, _key, new EndlessContent(Gigabyte));

        Assert.Equal((HttpStatusCode.OK, Gigabyte), (answer.StatusCode, length));
        Assert.InRange(most, 1, before + MostKept);
    }

    [Fact]
    public async Task An_answer_of_a_gigabyte_comes_as_it_is_read()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        _side.Provider.Serve("/api/volume", http => new EndlessContent(Gigabyte).CopyToAsync(http.Response.Body));

        using var answer = await _side.CallAsync(HttpMethod.Get, _path, _key);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var (chunk, length, most) = (new byte[Chunk], 0L, 0L);
        while (await body.ReadAsync(chunk) is > 0 and var read)
        {
            length += read;
            most = Math.Max(most, Kept(length));
        }

        Assert.Equal((HttpStatusCode.OK, Gigabyte), (answer.StatusCode, length));
        Assert.InRange(most, 1, before + MostKept);
    }

    /// <summary>What is kept in memory just now: asked now and then, as it is not cheap.</summary>
    private static long Kept(long length) => length % (1 << 22) < Chunk ? GC.GetTotalMemory(forceFullCollection: false) : 1;

    private sealed class EndlessContent(long length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var chunk = new byte[Chunk];
            for (var sent = 0L; sent < length; sent += chunk.Length)
            {
                await stream.WriteAsync(chunk);
            }
        }

        protected override bool TryComputeLength(out long known)
        {
            known = 0;
            return false;
        }
    }
}
