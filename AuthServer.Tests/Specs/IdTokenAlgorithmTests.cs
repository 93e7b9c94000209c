using System.Buffers.Text;
using System.Text.Json;
using AuthServer.Configuration;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>A client chooses how its ID tokens are signed, and cannot choose that they are not.</summary>
[Trait("negative", "64")]
public sealed class IdTokenAlgorithmTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("HS512")]
    [InlineData("ES256K")]
    [InlineData("rs256")]
    [InlineData("")]
    public async Task A_configured_algorithm_that_is_weak_or_unknown_stops_the_start(string algorithm)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Flows.StartAsync(("AuthServer:Clients:0:IdTokenSignedResponseAlg", algorithm)));
        Assert.Contains(refused.Faults, fault => fault.Contains("IdTokenSignedResponseAlg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_key_of_that_algorithm_the_server_does_not_start()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Flows.StartAsync(("AuthServer:Clients:0:IdTokenSignedResponseAlg", "PS256")));
        Assert.Contains(refused.Faults, fault => fault.Contains("PS256", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_id_token_is_signed_with_the_clients_algorithm_and_verifies_under_a_published_key()
    {
        await using var server = await Flows.StartAsync(("AuthServer:Clients:0:IdTokenSignedResponseAlg", "ES256"));
        var idToken = Text(await Flows.TokensAsync(server), "id_token");

        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(idToken.Split('.')[0]));
        Assert.Equal("ES256", Text(header.RootElement, "alg"));
        Assert.True(Jws.Verify(idToken, JwsTyp.Of("JWT"), server.Services.GetRequiredService<SigningKeys>().Verification).IsValid);
    }

    [Fact]
    public async Task A_row_that_somebody_changed_to_none_gets_no_id_token_without_a_signature()
    {
        await using var server = await Flows.StartAsync();
        using var browser = new TestBrowser(server);
        await server.QueryAsync(async context =>
        {
            var row = context.Applications.Single(application => application.ClientId == "web");
            row.Properties = row.Properties!.Replace("{\"source\"", "{\"id_token_algorithm\":\"none\",\"source\"", StringComparison.Ordinal);
            row.ConcurrencyToken = Guid.NewGuid().ToString();
            return await context.SaveChangesAsync();
        });
        server.Clock.Advance(TimeSpan.FromSeconds(10));

        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        using var response = await Flows.RedeemAsync(server, answer["code"]);

        // No ID token, or no answer; never one that proves nothing.
        Assert.DoesNotContain("id_token", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
