using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

/// <summary>The ports in memory, for tests of the protocol alone.</summary>
public sealed class FakeStore : StateStore
{
    private readonly FakeState _state;

    public FakeStore() => _state = new FakeState(Index);

    public override IAuthorizationCodes Codes => new FakeCodes(_state);

    public override IRefreshTokens RefreshTokens => new FakeRefreshTokens(_state);

    public override ITokenFamilies Families => new FakeTokenFamilies(_state);

    public override IReplayGuard ReplayGuard => new FakeReplayGuard(_state);

    public override IAuditTrail Trail => new FakeAuditTrail(_state);

    public override IAuthorizationRequests Requests => new FakeAuthorizationRequests(_state);

    public override Task GrantAsync(string applicationId, string authorizationId, string subject) => _state.Do(() =>
    {
        _state.ClientIds[applicationId] = "client_of_" + applicationId;
        return _state.Authorizations[authorizationId] = true;
    });

    public override Task<bool> HasEventAsync(string id) => _state.Do(() => _state.Trail.Exists(entry => entry.Id == id));

    public override Task InitializeAsync() => Task.CompletedTask;

    public override Task DisposeAsync() => Task.CompletedTask;
}
