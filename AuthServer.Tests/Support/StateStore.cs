using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

/// <summary>The ports of Protocol/State over one kind of store, and what the contract has to ask beside them.</summary>
public abstract class StateStore : IAsyncLifetime
{
    public const int OpenRequestsPerAddress = 5;

    public const int FiledRequestsOfOne = 1000;

    public static readonly TimeSpan LongestAccessToken = TimeSpan.FromHours(1);

    public RevocationIndex Index { get; protected set; } = new();

    public abstract IAuthorizationCodes Codes { get; }

    public abstract IRefreshTokens RefreshTokens { get; }

    public abstract ITokenFamilies Families { get; }

    public abstract IReplayGuard ReplayGuard { get; }

    public abstract IAuditTrail Trail { get; }

    public abstract IAuthorizationRequests Requests { get; }

    /// <summary>A client and an authorization that codes may be given for.</summary>
    public abstract Task GrantAsync(string applicationId, string authorizationId, string subject);

    public abstract Task<bool> HasEventAsync(string id);

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();
}
