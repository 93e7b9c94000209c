using AuthServer.Jose;

namespace AuthServer.Protocol.Delegation;

/// <summary>What a verifier holds against a chain: its own keys and clock, and the request, as far as there is one.</summary>
public sealed record ChainExpectations
{
    /// <summary>The keys of the authorization server that issued the chain; its root is signed by one of them.</summary>
    public required JsonWebKeySet RootKeys { get; init; }

    public ChildSigner ChildSigner { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>How far the clocks may differ.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>The only algorithms that count, whatever the keys can do.</summary>
    public IReadOnlyList<JwsAlgorithm> Algorithms { get; init; } = [JwsAlgorithm.ES256];

    /// <summary>The thumbprint (RFC 7638) of the key that the presenter has proven to hold, by a DPoP proof for this very request. Null: not asked.</summary>
    public string? Holder { get; init; }

    /// <summary>The status of a token. Null: tokens that say where theirs is kept are refused, others pass.</summary>
    public Func<DelegationToken, HopStatus>? Status { get; init; }

    /// <summary>Nobody is asked for a status, wherever it is kept: for a record of the past.</summary>
    public bool WithoutStatus { get; init; }

    /// <summary>Who the verifier is. Null: not asked.</summary>
    public string? Audience { get; init; }

    /// <summary>What is to be done. Null: not asked, and neither are the constraints.</summary>
    public string? Scope { get; init; }

    /// <summary>What the constraints are held against, where a <see cref="Scope"/> is asked for.</summary>
    public ActionValues Action { get; init; } = ActionValues.None;

    /// <summary>What a chain that passed has still not shown.</summary>
    public IReadOnlyList<string> NotChecked => [.. Open()];

    private IEnumerable<string> Open()
    {
        if (Holder is null)
        {
            yield return "who presents it";
        }

        if (WithoutStatus || Status is null)
        {
            yield return "revocation";
        }

        if (Audience is null)
        {
            yield return "audience";
        }

        if (Scope is null)
        {
            yield return "any action";
        }
    }
}
