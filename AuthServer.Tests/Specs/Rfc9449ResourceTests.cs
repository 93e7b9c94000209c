using System.Net;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9449 §7: bound tokens at userinfo and at our own APIs.</summary>
[Trait("negative", "47")]
public sealed class Rfc9449ResourceTests(TokenSide side) : IClassFixture<TokenSide>, IDisposable
{
    private readonly Prover _client = new(side.Server);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_bound_token_works_with_a_proof_of_its_key()
    {
        var token = Text(await _client.CodeFlowAsync(side, "web"), "access_token");

        using var response = await _client.UseAsync(HttpMethod.Get, Prover.UserInfo, token);

        Assert.Equal(Flows.Email, Text(await OkAsync(response), "email"));
    }

    [Fact]
    public async Task A_bound_token_is_no_bearer_token()
    {
        var token = Text(await _client.CodeFlowAsync(side, "web"), "access_token");

        using var response = await side.UserInfoAsync(token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("invalid_token", Text(await TestServer.JsonAsync(response), "error"));
    }
}
