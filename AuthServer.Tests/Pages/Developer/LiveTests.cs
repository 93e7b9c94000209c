using System.Net;
using AuthServer.Data;
using AuthServer.Pages.Portal;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>Pages hear that they have become old: whose they are, how many, and how long.</summary>
public sealed class LiveTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_is_committed_is_heard_of_and_nothing_of_what_it_was()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew, "auditor");
        using var stream = await OpenAsync(browser, "/live?organization=" + crew.Id);
        Assert.Equal("text/event-stream", stream.Type);
        (await crew.Key.PostAsync("/policies", new { name = "Secret name" })).Is(HttpStatusCode.Created);
        var heard = await stream.UntilAsync("event: changed\ndata: .\n\n");
        Assert.Equal("retry: 5000\n\nevent: changed\ndata: .\n\n", heard);
    }

    [Fact]
    public async Task A_person_hears_of_what_concerns_them()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        using var stream = await OpenAsync(browser, "/live");
        await crew.Owner.SignInAsync();
        await stream.UntilAsync("event: changed");
    }

    [Fact]
    public async Task Others_hear_nothing()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        using var browser = await side.BrowserAsync(other.Owner);
        await browser.GoAsync("/live?organization=" + crew.Id);
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        await browser.GoAsync("/live?organization=");
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        using var nobody = new TestBrowser(side.Server);
        await nobody.GoAsync("/live?organization=" + crew.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.Response.StatusCode);

        using var stream = await OpenAsync(browser, "/live?organization=" + other.Id);
        (await crew.Key.PostAsync("/policies", new { name = "Theirs" })).Is(HttpStatusCode.Created);
        (await other.Key.PostAsync("/policies", new { name = "Ours" })).Is(HttpStatusCode.Created);
        Assert.Equal("retry: 5000\n\nevent: changed\ndata: .\n\n", await stream.UntilAsync("changed\ndata: .\n\n"));
    }

    [Fact]
    public async Task Signing_out_ends_the_streams_of_that_session()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        using var other = await side.BrowserAsync(crew.Owner);
        using var stream = await OpenAsync(browser, "/live?organization=" + crew.Id);
        using var stays = await OpenAsync(other, "/live?organization=" + crew.Id);
        await browser.GoAsync("/sign-out");
        await browser.SubmitAsync(button: "Sign out");
        await stream.EndAsync();
        (await crew.Key.PostAsync("/policies", new { name = "Ours" })).Is(HttpStatusCode.Created);
        await stays.UntilAsync("event: changed");
    }

    [Fact]
    public async Task Who_is_removed_hears_no_more()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("developer");
        using var browser = await side.BrowserAsync(member);
        using var stream = await OpenAsync(browser, "/live?organization=" + crew.Id);
        (await crew.Key.DeleteAsync($"{crew.Path}/members/{member.Id}")).Is(HttpStatusCode.NoContent);
        Assert.Equal("retry: 5000\n\n", await stream.EndAsync());
    }

    [Fact]
    public async Task A_person_has_so_many_streams_and_gives_them_back()
    {
        var streams = side.Server.Services.GetRequiredService<LiveStreams>();
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        var open = new List<HeardStream>();
        for (var i = 0; i < LiveStreams.MostOfPerson; i++)
        {
            open.Add(await OpenAsync(browser, "/live"));
        }

        await browser.GoAsync("/live");
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(1)), (browser.Response.StatusCode, browser.Response.Headers.RetryAfter!.Delta));
        open[0].Dispose();
        await Waiting.UntilAsync(() => streams.Count, count => count < LiveStreams.MostOfPerson);
        using (await OpenAsync(browser, "/live"))
        {
            open.ForEach(stream => stream.Dispose());
        }

        await Waiting.UntilAsync(() => streams.Count, count => count == 0);
    }

    [Fact]
    public async Task A_stream_without_news_says_that_it_lives()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        using var stream = await OpenAsync(browser, "/live?organization=" + crew.Id);
        var heard = stream.UntilAsync(": still here");

        // Others wait as long: which of the waits is the stream's cannot be seen.
        await Waiting.UntilAsync(() => heard.IsCompleted, isHeard => isHeard, () => side.Server.Clock.Advance(side.Server.Clock.HasWait(LiveEndpoint.Heartbeat) ? LiveEndpoint.Heartbeat : TimeSpan.Zero));
        await heard;
    }

    [Fact]
    public async Task What_another_process_commits_is_found_by_one_look_for_all_who_wait()
    {
        var crew = await side.CrewAsync();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        var (watch, told) = (new TrailWatch(), 0);
        using var rounds = new TrailWatchRounds(
            watch, side.Server.Services.GetRequiredService<IDatabaseReader>(), side.Server.Clock, NullLogger<TrailWatchRounds>.Instance);
        using (watch.Add(crew.Id, () => told++))
        using (watch.Add(crew.Id, () => told++))
        {
            await rounds.LookAsync(default);
            await rounds.LookAsync(default);
            Assert.Equal(0, told);
            (await crew.Key.PostAsync("/policies", new { name = "Ours" })).Is(HttpStatusCode.Created);
            await rounds.LookAsync(default);
            await rounds.LookAsync(default);
            Assert.Equal(2, told);
        }

        Assert.True(watch.IsEmpty);
    }

    private async Task<HeardStream> OpenAsync(TestBrowser browser, string address)
    {
        var http = new HttpClient(new HttpClientHandler { CookieContainer = browser.Cookies }) { Timeout = AtMost };
        var response = await http.GetAsync(new Uri(side.Server.Address, address), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var stream = new HeardStream(http, await response.Content.ReadAsStreamAsync(), response.Content.Headers.ContentType!.ToString());
        await stream.UntilAsync("retry: 5000\n\n");
        return stream;
    }

    private sealed class HeardStream(HttpClient http, Stream body, string type) : IDisposable
    {
        private readonly byte[] _buffer = new byte[1024];
        private string _heard = "";

        public string Type => type;

        /// <summary>All that was heard, once this is in it.</summary>
        public async Task<string> UntilAsync(string text)
        {
            using var end = new CancellationTokenSource(AtMost);
            while (!_heard.Contains(text, StringComparison.Ordinal))
            {
                Assert.True(await ReadAsync(end.Token), "The stream has ended.");
            }

            return _heard;
        }

        /// <summary>All that was heard until the server ended it.</summary>
        public async Task<string> EndAsync()
        {
            using var end = new CancellationTokenSource(AtMost);
            while (await ReadAsync(end.Token))
            {
            }

            return _heard;
        }

        public void Dispose()
        {
            body.Dispose();
            http.Dispose();
        }

        private async Task<bool> ReadAsync(CancellationToken ct)
        {
            var read = await body.ReadAsync(_buffer, ct);
            _heard += System.Text.Encoding.UTF8.GetString(_buffer, 0, read);
            return read > 0;
        }
    }
}
