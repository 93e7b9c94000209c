using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>How access tokens are renewed (RFC 6749 §6), and what a failure means.</summary>
[SnakeCase]
public sealed record RefreshRules
{
    public RefreshMode Mode { get; init; } = RefreshMode.Always;

    /// <summary>Null: the token endpoint.</summary>
    public string? Url { get; init; }

    /// <summary>What becomes of a refresh token that is used. A new one in the answer is kept whatever stands here.</summary>
    public RefreshRotation Rotation { get; init; } = RefreshRotation.Rotating;

    /// <summary>For how many seconds a used refresh token still gives an answer.</summary>
    public int GraceSeconds { get; init; }

    /// <summary>Seconds without use after which it is dead. Null: no such limit is known.</summary>
    public long? IdleSeconds { get; init; }

    /// <summary>Seconds after which it is dead in any case.</summary>
    public long? AbsoluteSeconds { get; init; }

    /// <summary>A scope without which there is no refresh token, so that it is always asked for.</summary>
    public string? NeedsScope { get; init; }

    /// <summary>Whether the redirect URI of the authorization is sent along.</summary>
    public bool SendsRedirectUri { get; init; }

    /// <summary>Errors that say: the account has to be linked again.</summary>
    public IReadOnlyList<string> DeadCodes { get; init; } = ["invalid_grant"];

    /// <summary>Statuses that say so with any code.</summary>
    public IReadOnlyList<int> DeadStatuses { get; init; } = [];

    /// <summary>Errors of the connection's app, which no account can help.</summary>
    public IReadOnlyList<string> ConfigurationCodes { get; init; } = ["invalid_client", "unauthorized_client"];

    /// <summary>Errors that the person mends at the provider, by signing in or agreeing once more.</summary>
    public IReadOnlyList<string> InteractionCodes { get; init; } = [];

    /// <summary>Errors that pass by themselves; looked at before all others.</summary>
    public IReadOnlyList<TransientError> Transient { get; init; } = [];

    /// <summary>What the code at <see cref="TokenAnswer.Hint"/>, or an error, means in plain words. For people: nothing is decided by it.</summary>
    public IReadOnlyDictionary<string, string> Hints { get; init; } = Empty.Map;
}

public enum RefreshMode
{
    Always,

    /// <summary>Some apps get refresh tokens: the token answer tells.</summary>
    Conditional,

    Never,
}

public enum RefreshRotation
{
    /// <summary>The same one is used again and again.</summary>
    None,

    /// <summary>There is a new one each time, and the old one stays good.</summary>
    Rolling,

    /// <summary>There is a new one each time, and the old one is no good any more.</summary>
    Rotating,

    /// <summary>The same, and whoever uses the old one ends the new one too.</summary>
    SingleUse,
}

[SnakeCase]
public sealed record TransientError
{
    public string Code { get; init; } = "";

    /// <summary>Only where the description holds this, in any case of letters. Null: always.</summary>
    public string? Description { get; init; }
}
