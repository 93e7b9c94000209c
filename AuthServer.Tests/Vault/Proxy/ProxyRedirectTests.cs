using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Outbound;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Proxy;

/// <summary>Redirects from one host of an API to another, with a listener for each.</summary>
[Trait("negative", "55")]
public sealed class ProxyRedirectTests : IAsyncLifetime
{
    private readonly Names _names = new();
    private VaultSide _side = null!;
    private Receiver _files = null!;
    private ConnectedAccount _account = null!;

    /// <summary>Another host of the API's, as its definition names it.</summary>
    private string Files => $"files.fake.example:{Port(_files)}";

    public async Task InitializeAsync()
    {
        _files = await Receiver.StartAsync();
        _side = await VaultSide.StartAsync(
            services => services.AddSingleton<IHostNames>(_names),
            provider => provider["api"]!["hosts"] = new JsonArray(Files, $"inside.fake.example:{Port(_files)}", "*.cloud.example"),
            ("AuthServer:Outbound:AllowedPrivateHosts:1", Files));
        _account = await _side.AccountAsync(await _side.ConnectionAsync(new ConnectionSettings { UserAgent = "Acme/1.0", Retries = 0 }));
    }

    public async Task DisposeAsync()
    {
        await _side.DisposeAsync();
        await _files.DisposeAsync();
    }

    [Fact]
    public async Task To_another_host_of_the_API_it_is_followed_without_the_credential()
    {
        _files.Answer("/blob", http => http.Response.WriteAsync("from the other host"));
        RedirectTo($"http://{Files}/blob?sig=1#part");

        using var answer = await CallAsync(("X-Custom", "yes"));

        Assert.Equal((HttpStatusCode.OK, "from the other host"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.StartsWith("Bearer ", Assert.Single(_side.Provider.Calls).Headers["Authorization"], StringComparison.Ordinal);
        var sent = Assert.Single(_files.All);
        Assert.Equal(["Host", "User-Agent", "X-Custom"], sent.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((Files, "Acme/1.0"), (sent.Headers["Host"], sent.Headers["User-Agent"]));
        Assert.Contains("files.fake.example", _names.Asked);
    }

    [Fact]
    public async Task A_refusal_there_says_nothing_of_a_credential_that_was_not_sent()
    {
        _files.Answer("/blob", StatusCodes.Status401Unauthorized);
        RedirectTo($"http://{Files}/blob");
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(5));

        using var answer = await CallAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(0, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task Back_at_the_host_that_was_called_the_credential_is_there_again()
    {
        _files.Answer("/blob", http => RedirectAsync(http, _side.Provider.At("/api/back").ToString()));
        RedirectTo($"http://{Files}/blob");

        using var answer = await CallAsync();

        Assert.Equal("/api/back", JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("path").GetString());
        Assert.Equal(2, _side.Provider.Calls.Count(call => call.Headers.ContainsKey("Authorization")));
        Assert.DoesNotContain("Authorization", Assert.Single(_files.All).Headers.Keys);
    }

    [Theory]
    [InlineData("http://other.fake.example:{port}/blob")]
    [InlineData("https://files.fake.example:{port}/blob")]
    [InlineData("http://user:pw@files.fake.example:{port}/blob")]
    [InlineData("http://files.fake.example/blob")]
    [InlineData("https://%C2%AD.cloud.example/blob")]
    public async Task To_any_other_address_it_is_the_callers_to_see(string address)
    {
        RedirectTo(address.Replace("{port}", $"{Port(_files)}", StringComparison.Ordinal));

        using var answer = await CallAsync();

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Empty(_files.All);
    }

    [Theory]
    [InlineData("https://a.cloud.example/blob")]
    [InlineData("http://inside.fake.example:{port}/blob")]
    public async Task A_host_of_the_APIs_that_leads_into_the_own_network_is_not_called(string address)
    {
        RedirectTo(address.Replace("{port}", $"{Port(_files)}", StringComparison.Ordinal));

        using var answer = await CallAsync();

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Vault-Answered-By"));
        Assert.Empty(_files.All);
    }

    [Fact]
    public async Task A_caller_who_goes_away_while_the_token_is_renewed_ends_the_answer_too()
    {
        var (asked, ended, hang) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        _side.Provider.Serve("/api/x", async http =>
        {
            http.RequestAborted.Register(() => ended.TrySetResult());
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await http.Response.WriteAsync("the beginning");
            await http.Response.Body.FlushAsync();
            await ended.Task;
        });
        _side.Provider.OnToken(async (_, _) =>
        {
            asked.TrySetResult();
            await hang.Task;
        });
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(5));

        using var leave = new CancellationTokenSource();
        using var http = _side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/connected-accounts/{_account.Id}/proxy/x");
        request.Headers.TryAddWithoutValidation("X-Api-Key", _side.Acme.Key);
        var call = http.SendAsync(request, leave.Token);
        await asked.Task;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        hang.SetResult();
    }

    private static int Port(Receiver receiver) => int.Parse(receiver.Name.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

    private void RedirectTo(string address) => _side.Provider.Serve("/api/x", http => RedirectAsync(http, address));

    private static Task RedirectAsync(HttpContext http, string to)
    {
        http.Response.StatusCode = StatusCodes.Status302Found;
        http.Response.Headers.Location = to;
        return Task.CompletedTask;
    }

    private Task<HttpResponseMessage> CallAsync(params (string Name, string Value)[] headers) =>
        _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{_account.Id}/proxy/x", null, null, headers);

    /// <summary>All below fake.example is this machine, and what is in the cloud is somebody's own network.</summary>
    private sealed class Names : IHostNames
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Asked { get; } = new();

        public Task<IPAddress[]> ResolveAsync(string host)
        {
            Asked.Enqueue(host);
            return Task.FromResult<IPAddress[]>([host.EndsWith("cloud.example", StringComparison.Ordinal) ? IPAddress.Parse("10.0.0.1") : IPAddress.Loopback]);
        }
    }
}
