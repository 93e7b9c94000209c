using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

/// <summary>What the fakes share: one lock, and everything that a database would hold.</summary>
internal sealed class FakeState(RevocationIndex index)
{
    public Lock Gate { get; } = new();

    public Dictionary<string, AuthorizationCode> Codes { get; } = [];

    public Dictionary<string, RefreshToken> RefreshTokens { get; } = [];

    /// <summary>By family; true: it lives.</summary>
    public Dictionary<string, (GrantedRights Rights, DateTimeOffset Began, bool Lives)> Families { get; } = [];

    public Dictionary<string, StoredAuthorizationRequest> Requests { get; } = [];

    public HashSet<string> Handles { get; } = [];

    /// <summary>By authorization; false: taken back.</summary>
    public Dictionary<string, bool> Authorizations { get; } = [];

    public Dictionary<string, string> ClientIds { get; } = [];

    public List<AuditEvent> Trail { get; } = [];

    public RevocationIndex Index { get; } = index;

    public Task<T> Do<T>(Func<T> change)
    {
        lock (Gate)
        {
            return Task.FromResult(change());
        }
    }

    /// <summary>After all else that a change checks: it is used up only by one that succeeds.</summary>
    public bool Use(SingleUse? once) => once is null || Handles.Add(once.Handle);

    public bool Log(AuditEvent entry)
    {
        Trail.Add(entry);
        return true;
    }
}
