using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Durability;

/// <summary>A client with a signed-in browser, many times in parallel: code flows, refreshes and tokens of its own, until the server dies.</summary>
internal sealed class Clients(ServerProcess server, string cookies) : IDisposable
{
    // Each fourth code is kept, to be redeemed after the restart; each chain is refreshed twice.
    private const int KeepEvery = 4;
    private const int Refreshes = 2;

    private static readonly string Authorization = Convert.ToBase64String(Encoding.ASCII.GetBytes($"web:{Flows.Secret}"));

    private readonly HttpClient _http = server.CreateClient();
    private int _answered;

    /// <summary>Signs in and consents once, by the pages; the cookies of that browser.</summary>
    public static async Task<string> SignInAsync(ServerProcess server)
    {
        using var browser = new TestBrowser(server.Address);
        await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        return browser.Cookies.GetCookieHeader(server.Address);
    }

    /// <summary>Kills the server at its n-th answered token, and returns when every worker has noticed.</summary>
    public async Task RunUntilKilledAsync(Ledger ledger, int workers, int killAt)
    {
        _answered = 0;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => RunAsync(ledger, worker, killAt))));
    }

    /// <summary>Tokens for a code; or the error.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body)> RedeemAsync(string code) => TokenAsync(
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));

    public Task<(HttpStatusCode Status, JsonElement Body)> RefreshAsync(string token) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token));

    public void Dispose() => _http.Dispose();

    private async Task RunAsync(Ledger ledger, int worker, int killAt)
    {
        try
        {
            for (var flow = worker; !server.IsKilled; flow++)
            {
                await FlowAsync(ledger, redeem: flow % KeepEvery != 0, killAt);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException && server.IsKilled)
        {
            // What was sent stays unanswered.
        }
    }

    private async Task FlowAsync(Ledger ledger, bool redeem, int killAt)
    {
        var code = new Ledger.Handed(await AuthorizeAsync());
        ledger.Codes.Enqueue(code);
        if (redeem)
        {
            var token = await AnsweredAsync(code, RedeemAsync, ledger, killAt);
            for (var i = 0; i < Refreshes; i++)
            {
                token = await AnsweredAsync(token, RefreshAsync, ledger, killAt);
            }
        }

        var (status, body) = await TokenAsync(("grant_type", "client_credentials"));
        Note(status, body, ledger, killAt);
    }

    /// <summary>Sends a code or refresh token; the refresh token that came back.</summary>
    private async Task<Ledger.Handed> AnsweredAsync(
        Ledger.Handed sent, Func<string, Task<(HttpStatusCode Status, JsonElement Body)>> send, Ledger ledger, int killAt)
    {
        sent.Fate = Fate.Unanswered;
        var (status, body) = await send(sent.Value);
        sent.Fate = Fate.Answered;
        var next = new Ledger.Handed(body.GetProperty("refresh_token").GetString()!);
        ledger.RefreshTokens.Enqueue(next);
        Note(status, body, ledger, killAt);
        return next;
    }

    private void Note(HttpStatusCode status, JsonElement body, Ledger ledger, int killAt)
    {
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        ledger.AccessTokens.Enqueue(IdOf(body));
        if (Interlocked.Increment(ref _answered) == killAt)
        {
            server.Kill();
        }
    }

    public static string IdOf(JsonElement answer) => Flows.Claims(answer.GetProperty("access_token").GetString()!).GetProperty("jti").GetString()!;

    private async Task<string> AuthorizeAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Flows.AuthorizeUrl("web", Flows.WebRedirect));
        request.Headers.Add("Cookie", cookies);
        using var response = await _http.SendAsync(request);
        return Flows.Query(response.Headers.Location!)["code"];
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> TokenAsync(params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Authorization);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await TestServer.JsonAsync(response));
    }
}
