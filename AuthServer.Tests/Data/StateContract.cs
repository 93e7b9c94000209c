using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

/// <summary>What every store of single-use state must do: the fakes, SQLite and PostgreSQL. Its races are in <see cref="StateRaces"/>.</summary>
public abstract class StateContract(StateStore store)
{
    [Fact]
    public async Task A_code_is_found_as_it_was_stored()
    {
        var code = await CodeAsync(store);
        Assert.Equivalent(code, await store.Codes.FindAsync(code.ReferenceId, default), strict: true);
        Assert.Null(await store.Codes.FindAsync("unknown", default));
    }

    [Fact]
    public async Task A_code_uses_up_the_request_that_led_to_it()
    {
        var request = Request("192.0.2.1");
        Assert.True(await store.Requests.TryAddAsync(request, default));
        var first = await CodeAsync(store);
        var (second, issued, refused) = (Of(first), Event(), Event());
        Assert.True(await store.Codes.TryAddAsync(second, request.Id, issued, default));
        Assert.Null(await store.Requests.FindAsync(request.Id, Now, default));

        var third = Of(first);
        Assert.False(await store.Codes.TryAddAsync(third, request.Id, refused, default));
        Assert.Null(await store.Codes.FindAsync(third.ReferenceId, default));
        Assert.True(await store.HasEventAsync(issued.Id));
        Assert.False(await store.HasEventAsync(refused.Id));
    }

    [Fact]
    public async Task Redeeming_opens_the_family_and_stores_the_issuance()
    {
        var code = await CodeAsync(store);
        var issuance = Issuance(code.Rights);
        Assert.True(await store.Codes.TryRedeemAsync(code, Family(code), issuance, default));
        Assert.Equal(TokenStatus.Redeemed, (await store.Codes.FindAsync(code.ReferenceId, default))!.Status);
        Assert.Equivalent(issuance.RefreshToken, await store.RefreshTokens.FindAsync(issuance.RefreshToken!.ReferenceId, default), strict: true);
        Assert.True(await store.HasEventAsync(issuance.Event.Id));
    }

    [Fact]
    public async Task Who_loses_a_code_stores_nothing()
    {
        var code = await CodeAsync(store);
        await RedeemAsync(store, code);
        await AssertCannotRedeemAsync(code);
    }

    [Fact]
    public async Task A_code_cannot_be_redeemed_after_its_family_ended()
    {
        var code = await CodeAsync(store);
        await store.Families.EndAsync(code.Rights, Event(), default);
        await AssertCannotRedeemAsync(code);
    }

    [Fact]
    public async Task A_code_cannot_be_redeemed_after_its_authorization_was_taken_back()
    {
        var code = await CodeAsync(store);
        await store.Families.EndAuthorizationsAsync([Event() with { Target = code.Rights.AuthorizationId }], default);
        await AssertCannotRedeemAsync(code);
    }

    [Fact]
    public async Task A_code_cannot_be_redeemed_after_its_session_ended()
    {
        var code = await CodeAsync(store);
        await store.Families.EndSessionAsync(code.Rights.SessionId, Event(), default);
        await AssertCannotRedeemAsync(code);
    }

    [Fact]
    public async Task A_code_cannot_be_redeemed_after_everything_of_its_person_or_client_ended()
    {
        var code = await CodeAsync(store);
        await store.Families.EndSubjectAsync(code.Rights.Subject, Now, Event(), default);
        await AssertCannotRedeemAsync(code);

        code = await CodeAsync(store);
        await store.Families.EndSubjectAsync("client_of_" + code.Rights.ApplicationId, Now, Event(), default);
        await AssertCannotRedeemAsync(code);
    }

    [Fact]
    public async Task A_rotated_token_is_redeemed_and_its_successor_valid()
    {
        var token = await RedeemedAsync(store);
        var issuance = Issuance(token.Rights);
        Assert.True(await store.RefreshTokens.TryRotateAsync(token, issuance, default));
        var rotated = await store.RefreshTokens.FindAsync(token.ReferenceId, default);
        Assert.Equal(TokenStatus.Redeemed, rotated!.Status);
        Assert.Equal(Now, rotated.RedeemedAt);
        Assert.Equivalent(issuance.RefreshToken, await store.RefreshTokens.FindAsync(issuance.RefreshToken!.ReferenceId, default), strict: true);
        Assert.False(await store.RefreshTokens.TryRotateAsync(token, Issuance(token.Rights), default));
    }

    [Fact]
    public async Task A_repeated_answer_leaves_only_its_event_and_only_while_the_successor_is_unused()
    {
        var token = await RedeemedAsync(store);
        var first = Issuance(token.Rights);
        Assert.True(await store.RefreshTokens.TryRotateAsync(token, first, default));
        var repeated = new Issuance(Event());
        Assert.True(await store.RefreshTokens.TryRepeatAsync(first.RefreshToken!, repeated, default));
        Assert.True(await store.HasEventAsync(repeated.Event.Id));

        Assert.True(await store.RefreshTokens.TryRotateAsync(first.RefreshToken!, Issuance(token.Rights), default));
        var late = new Issuance(Event());
        Assert.False(await store.RefreshTokens.TryRepeatAsync(first.RefreshToken!, late, default));
        Assert.False(await store.HasEventAsync(late.Event.Id));
    }

    [Fact]
    public async Task Ending_a_family_revokes_its_tokens_and_no_others()
    {
        var token = await RedeemedAsync(store);
        var sibling = await RedeemAsync(store, await CodeAsync(store, token.Rights));
        var why = Event(AuditEventTypes.TokenReplayed);
        var again = Event(AuditEventTypes.TokenReplayed);
        Assert.True(await store.Families.EndAsync(token.Rights, why, default));
        Assert.False(await store.Families.EndAsync(token.Rights, again, default));

        await AssertDeadAsync(token);
        await AssertAliveAsync(sibling);
        Assert.True(store.Index.Ended(RevocationKind.Family, token.Rights.FamilyId));
        Assert.False(store.Index.Ended(RevocationKind.Family, sibling.Rights.FamilyId));
        Assert.True(await store.HasEventAsync(why.Id));
        Assert.False(await store.HasEventAsync(again.Id));
    }

    [Fact]
    public async Task Ending_a_session_ends_its_families()
    {
        var token = await RedeemedAsync(store);
        var other = await RedeemAsync(store, await CodeAsync(store, token.Rights with { SessionId = "ses_other" + token.Rights.SessionId }));
        await store.Families.EndSessionAsync(token.Rights.SessionId, Event(), default);
        await AssertDeadAsync(token);
        await AssertAliveAsync(other);
        Assert.True(store.Index.Ended(RevocationKind.Session, token.Rights.SessionId));
    }

    [Fact]
    public async Task Taking_back_an_authorization_ends_every_family_of_it()
    {
        var (token, other) = (await RedeemedAsync(store), await RedeemedAsync(store));
        var sibling = await RedeemAsync(store, await CodeAsync(store, token.Rights));
        var again = Event() with { Target = token.Rights.AuthorizationId };
        Assert.True(await store.Families.EndAuthorizationsAsync([Event() with { Target = token.Rights.AuthorizationId }], default));
        Assert.False(await store.Families.EndAuthorizationsAsync([again], default));
        Assert.False(await store.HasEventAsync(again.Id));
        await AssertDeadAsync(token);
        await AssertDeadAsync(sibling);
        await AssertAliveAsync(other);
        Assert.True(store.Index.Ended(RevocationKind.Family, token.Rights.FamilyId));
        Assert.True(store.Index.Ended(RevocationKind.Family, sibling.Rights.FamilyId));
    }

    [Fact]
    public async Task Ending_a_person_or_client_kills_what_began_before_and_nothing_later()
    {
        var token = await RedeemedAsync(store);
        await store.Families.EndSubjectAsync(token.Rights.Subject, Now.AddSeconds(-1), Event(), default);
        await AssertAliveAsync(token);
        await store.Families.EndSubjectAsync(token.Rights.Subject, Now, Event(), default);
        await AssertDeadAsync(token);
        Assert.True(store.Index.EndedBefore(RevocationKind.Subject, token.Rights.Subject, Now));
        Assert.False(store.Index.EndedBefore(RevocationKind.Subject, token.Rights.Subject, Now.AddSeconds(1)));

        token = await RedeemedAsync(store);
        var client = "client_of_" + token.Rights.ApplicationId;
        await store.Families.EndSubjectAsync(client, Now, Event(), default);
        await AssertDeadAsync(token);
        Assert.True(store.Index.EndedBefore(RevocationKind.Client, client, Now));
    }

    [Fact]
    public async Task A_token_without_family_is_ended_by_its_id()
    {
        var (id, why) = (Event().Id, Event(AuditEventTypes.TokenRevoked));
        var again = Event(AuditEventTypes.TokenRevoked);
        Assert.True(await store.Families.EndTokenAsync(id, Now.AddMinutes(15), why, default));
        Assert.False(await store.Families.EndTokenAsync(id, Now.AddMinutes(15), again, default));
        Assert.True(store.Index.Ended(RevocationKind.Token, id));
        Assert.True(await store.HasEventAsync(why.Id));
        Assert.False(await store.HasEventAsync(again.Id));
    }

    [Fact]
    public async Task A_handle_is_new_once()
    {
        var handle = Guid.NewGuid().ToString();
        Assert.True(await store.ReplayGuard.TryAddAsync(handle, Now.AddMinutes(1), default));
        Assert.False(await store.ReplayGuard.TryAddAsync(handle, Now.AddMinutes(1), default));
    }

    [Fact]
    public async Task A_handle_is_known_once_it_was_used()
    {
        var handle = Guid.NewGuid().ToString();
        Assert.False(await store.ReplayGuard.IsKnownAsync(handle, default));
        Assert.True(await store.ReplayGuard.TryAddAsync(handle, Now.AddMinutes(1), default));
        Assert.True(await store.ReplayGuard.IsKnownAsync(handle, default));
    }

    [Fact]
    public async Task A_proof_that_was_used_stops_an_issuance_whole()
    {
        var proof = new SingleUse(Guid.NewGuid().ToString(), Now.AddMinutes(1));
        Assert.True(await store.Trail.TryIssueAsync(new Issuance(Event(), Proof: proof), default));

        var code = await CodeAsync(store);
        var replayed = Issuance(code.Rights) with { Proof = proof };
        Assert.False(await store.Codes.TryRedeemAsync(code, Family(code), replayed, default));
        Assert.Equal(TokenStatus.Valid, (await store.Codes.FindAsync(code.ReferenceId, default))!.Status);
        Assert.Null(await store.RefreshTokens.FindAsync(replayed.RefreshToken!.ReferenceId, default));
        Assert.False(await store.HasEventAsync(replayed.Event.Id));

        var token = await RedeemAsync(store, code);
        var rotation = Issuance(token.Rights) with { Proof = proof };
        Assert.False(await store.RefreshTokens.TryRotateAsync(token, rotation, default));
        Assert.False(await store.RefreshTokens.TryRepeatAsync(token, rotation, default));
        Assert.Equal(TokenStatus.Valid, (await store.RefreshTokens.FindAsync(token.ReferenceId, default))!.Status);

        var again = new Issuance(Event(), Proof: proof);
        Assert.False(await store.Trail.TryIssueAsync(again, default));
        Assert.False(await store.HasEventAsync(again.Event.Id));
    }

    [Fact]
    public async Task An_issuance_that_fails_does_not_use_up_its_proof()
    {
        var code = await CodeAsync(store);
        await RedeemAsync(store, code);
        var proof = new SingleUse(Guid.NewGuid().ToString(), Now.AddMinutes(1));

        Assert.False(await store.Codes.TryRedeemAsync(code, Family(code), Issuance(code.Rights) with { Proof = proof }, default));

        Assert.False(await store.ReplayGuard.IsKnownAsync(proof.Handle, default));
        Assert.True(await store.Trail.TryIssueAsync(new Issuance(Event(), Proof: proof), default));
    }

    [Fact]
    public async Task What_a_token_asks_of_its_sender_is_stored_with_it()
    {
        foreach (var sender in new[] { new SenderConstraint("thumbprint"), new SenderConstraint(null) })
        {
            var code = await CodeAsync(store);
            var issuance = Issuance(code.Rights with { Sender = sender });
            Assert.True(await store.Codes.TryRedeemAsync(code, Family(code), issuance, default));
            Assert.Equal(sender, (await store.RefreshTokens.FindAsync(issuance.RefreshToken!.ReferenceId, default))!.Rights.Sender);
        }
    }

    [Fact]
    public async Task A_request_is_found_while_it_is_open_and_keeps_who_goes_on()
    {
        var request = Request("192.0.2.2");
        Assert.True(await store.Requests.TryAddAsync(request, default));
        Assert.True(await store.Requests.TrySelectAsync(request.Id, "usr_1", default));
        Assert.Equal(request with { SelectedSubject = "usr_1" }, await store.Requests.FindAsync(request.Id, Now, default));
        Assert.Null(await store.Requests.FindAsync(request.Id, request.ExpiresAt, default));
    }

    [Fact]
    public async Task What_was_left_out_of_a_request_adds_up_also_where_two_leave_out_at_once()
    {
        var request = Request("192.0.2.2");
        Assert.True(await store.Requests.TryAddAsync(request, default));

        Assert.All(await Task.WhenAll(new[] { "read", "write", "admin" }.Select(scope => store.Requests.TryLeaveOutAsync(request.Id, [scope, scope + ":all"], default))), Assert.True);

        Assert.Equal(
            ["admin", "admin:all", "read", "read:all", "write", "write:all"],
            (await store.Requests.FindAsync(request.Id, Now, default))!.LeftOut.Order(StringComparer.Ordinal));
        Assert.False(await store.Requests.TryLeaveOutAsync("unknown", ["read"], default));
    }

    [Fact]
    public async Task A_request_is_refused_once_and_is_gone()
    {
        var (request, refused, late) = (Request("192.0.2.3"), Event(), Event());
        Assert.True(await store.Requests.TryAddAsync(request, default));
        Assert.True(await store.Requests.TryRefuseAsync(request.Id, refused, default));
        Assert.False(await store.Requests.TryRefuseAsync(request.Id, late, default));
        Assert.False(await store.Requests.TrySelectAsync(request.Id, "usr_1", default));
        Assert.True(await store.HasEventAsync(refused.Id));
        Assert.False(await store.HasEventAsync(late.Id));
    }

    [Fact]
    public async Task One_address_has_only_so_many_open_requests()
    {
        for (var i = 0; i < StateStore.OpenRequestsPerAddress; i++)
        {
            Assert.True(await store.Requests.TryAddAsync(Request("192.0.2.4"), default));
        }

        Assert.False(await store.Requests.TryAddAsync(Request("192.0.2.4"), default));
        Assert.True(await store.Requests.TryAddAsync(Request("192.0.2.5"), default));

        // Those that have expired do not count, whether or not they were tidied away.
        var later = Now.AddMinutes(11);
        Assert.True(await store.Requests.TryAddAsync(Request("192.0.2.4") with { CreatedAt = later, ExpiresAt = later.AddMinutes(10) }, default));
    }

    [Fact]
    public async Task What_agents_file_leaves_an_address_its_own_requests_and_has_a_cap_of_its_own()
    {
        StoredAuthorizationRequest Filed() => Request("192.0.2.8") with { BrowserHash = "", RequiredScopes = [] };
        for (var i = 0; i < StateStore.FiledRequestsOfOne; i++)
        {
            Assert.True(await store.Requests.TryAddAsync(Filed(), default));
        }

        Assert.False(await store.Requests.TryAddAsync(Filed(), default));
        for (var i = 0; i < StateStore.OpenRequestsPerAddress; i++)
        {
            Assert.True(await store.Requests.TryAddAsync(Request("192.0.2.8"), default));
        }

        Assert.False(await store.Requests.TryAddAsync(Request("192.0.2.8"), default));
    }

    private static AuthorizationCode Of(AuthorizationCode code) =>
        code with { Id = code.Id + "x", ReferenceId = Guid.NewGuid().ToString() };

    private async Task AssertCannotRedeemAsync(AuthorizationCode code)
    {
        var issuance = Issuance(code.Rights);
        Assert.False(await store.Codes.TryRedeemAsync(code, Family(code), issuance, default));
        Assert.NotEqual(TokenStatus.Valid, (await store.Codes.FindAsync(code.ReferenceId, default))!.Status);
        Assert.Null(await store.RefreshTokens.FindAsync(issuance.RefreshToken!.ReferenceId, default));
        Assert.False(await store.HasEventAsync(issuance.Event.Id));
    }

    private async Task AssertDeadAsync(RefreshToken token)
    {
        Assert.Equal(TokenStatus.Revoked, (await store.RefreshTokens.FindAsync(token.ReferenceId, default))!.Status);
        Assert.False(await store.RefreshTokens.TryRotateAsync(token, Issuance(token.Rights), default));
    }

    private async Task AssertAliveAsync(RefreshToken token) =>
        Assert.Equal(TokenStatus.Valid, (await store.RefreshTokens.FindAsync(token.ReferenceId, default))!.Status);
}
