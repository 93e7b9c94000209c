using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

/// <summary>What every store must do when many ask at once.</summary>
public abstract class StateRaces(StateStore store)
{
    private const int Many = 64;

    [Fact]
    public async Task Of_many_redemptions_of_one_code_exactly_one_wins()
    {
        var code = await CodeAsync(store);
        var issuances = Enumerable.Range(0, Many).Select(_ => Issuance(code.Rights)).ToList();
        var won = await AtOnceAsync(i => store.Codes.TryRedeemAsync(code, Family(code), issuances[i], default));
        Assert.Equal(1, won.Count(one => one));
        for (var i = 0; i < Many; i++)
        {
            Assert.Equal(won[i], await store.RefreshTokens.FindAsync(issuances[i].RefreshToken!.ReferenceId, default) is not null);
            Assert.Equal(won[i], await store.HasEventAsync(issuances[i].Event.Id));
        }
    }

    [Fact]
    public async Task Of_many_rotations_of_one_token_exactly_one_wins()
    {
        var token = await RedeemedAsync(store);
        var won = await AtOnceAsync(_ => store.RefreshTokens.TryRotateAsync(token, Issuance(token.Rights), default));
        Assert.Equal(1, won.Count(one => one));
    }

    [Fact]
    public async Task Of_many_uses_of_one_handle_exactly_one_is_the_first()
    {
        var handle = Guid.NewGuid().ToString();
        var won = await AtOnceAsync(_ => store.ReplayGuard.TryAddAsync(handle, Now.AddMinutes(1), default));
        Assert.Equal(1, won.Count(one => one));
    }

    [Fact]
    public async Task Of_many_issuances_with_one_proof_exactly_one_is_stored_whatever_they_issue()
    {
        var proof = new SingleUse(Guid.NewGuid().ToString(), Now.AddMinutes(1));
        var codes = await Task.WhenAll(Enumerable.Range(0, Many / 4).Select(_ => CodeAsync(store)));
        var tokens = await Task.WhenAll(Enumerable.Range(0, Many / 4).Select(_ => RedeemedAsync(store)));
        var issuances = Enumerable.Range(0, Many).Select(i => i % 4 == 0 ? Issuance(codes[i / 4].Rights) with { Proof = proof }
            : i % 4 == 1 ? Issuance(tokens[i / 4].Rights) with { Proof = proof }
            : new Issuance(Event(), Proof: proof)).ToList();

        var won = await AtOnceAsync(i => i % 4 == 0 ? store.Codes.TryRedeemAsync(codes[i / 4], Family(codes[i / 4]), issuances[i], default)
            : i % 4 == 1 ? store.RefreshTokens.TryRotateAsync(tokens[i / 4], issuances[i], default)
            : store.Trail.TryIssueAsync(issuances[i], default));

        Assert.Equal(1, won.Count(one => one));
        for (var i = 0; i < Many; i++)
        {
            Assert.Equal(won[i], await store.HasEventAsync(issuances[i].Event.Id));
        }
    }

    [Fact]
    public async Task Of_many_codes_for_one_request_exactly_one_is_stored()
    {
        var request = Request("192.0.2.6");
        Assert.True(await store.Requests.TryAddAsync(request, default));
        var code = await CodeAsync(store);
        var won = await AtOnceAsync(i =>
            store.Codes.TryAddAsync(code with { Id = $"{code.Id}{i}", ReferenceId = Guid.NewGuid().ToString() }, request.Id, Event(), default));
        Assert.Equal(1, won.Count(one => one));
    }

    [Fact]
    public async Task Many_requests_of_one_address_do_not_pass_its_cap_together()
    {
        var won = await AtOnceAsync(_ => store.Requests.TryAddAsync(Request("192.0.2.7"), default));
        Assert.Equal(StateStore.OpenRequestsPerAddress, won.Count(one => one));
    }

    [Theory]
    [InlineData("family")]
    [InlineData("session")]
    [InlineData("authorization")]
    [InlineData("person")]
    [InlineData("client")]
    public async Task Ending_while_a_token_is_rotated_leaves_no_valid_token(string what)
    {
        for (var round = 0; round < 40; round++)
        {
            var token = await RedeemedAsync(store);
            var successor = Token(token.Rights);
            await Task.WhenAll(
                Task.Run(() => store.RefreshTokens.TryRotateAsync(token, new Issuance(Event(), successor), default)),
                Task.Run(() => EndAsync(what, token.Rights)));
            await AssertNoneValidAsync(token, successor);
        }
    }

    [Theory]
    [InlineData("family")]
    [InlineData("session")]
    [InlineData("authorization")]
    [InlineData("person")]
    [InlineData("client")]
    public async Task Ending_while_a_code_is_redeemed_leaves_no_valid_token(string what)
    {
        for (var round = 0; round < 40; round++)
        {
            var code = await CodeAsync(store);
            var issuance = Issuance(code.Rights);
            await Task.WhenAll(
                Task.Run(() => store.Codes.TryRedeemAsync(code, Family(code), issuance, default)),
                Task.Run(() => EndAsync(what, code.Rights)));
            await AssertNoneValidAsync(issuance.RefreshToken!);
            Assert.NotEqual(TokenStatus.Valid, (await store.Codes.FindAsync(code.ReferenceId, default))!.Status);
        }
    }

    private static Task<bool[]> AtOnceAsync(Func<int, Task<bool>> attempt) =>
        Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() => attempt(i))));

    private async Task AssertNoneValidAsync(params RefreshToken[] tokens)
    {
        foreach (var token in tokens)
        {
            Assert.NotEqual(TokenStatus.Valid, (await store.RefreshTokens.FindAsync(token.ReferenceId, default))?.Status);
        }
    }

    private Task EndAsync(string what, GrantedRights rights) => what switch
    {
        "family" => store.Families.EndAsync(rights, Event(), default),
        "session" => store.Families.EndSessionAsync(rights.SessionId, Event(), default),
        "authorization" => store.Families.EndAuthorizationsAsync([Event() with { Target = rights.AuthorizationId }], default),
        "person" => store.Families.EndSubjectAsync(rights.Subject, Now, Event(), default),
        _ => store.Families.EndSubjectAsync("client_of_" + rights.ApplicationId, Now, Event(), default),
    };
}
