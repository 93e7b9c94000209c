using System.Text.Json;

namespace AuthServer.Protocol.Delegation;

/// <summary>What became of a chain, under the draft's names and in the order in which its faults are looked for: the first one found is the answer.</summary>
public enum ChainOutcome
{
    /// <summary>The default: no token, a required claim missing or of the wrong form, an invalid scope or constraint.</summary>
    Malformed,

    /// <summary>Header or payload is not in canonical JSON.</summary>
    NonCanonical,

    DuplicateMember,

    NonFinite,

    /// <summary>Not signed by a root key, or by the agent that may hand on, with an algorithm of the verifier's own list.</summary>
    SignatureInvalid,

    /// <summary>A token that was not made for the parent it is presented with.</summary>
    ParHashMismatch,

    /// <summary>A hop out of sequence, or beyond the depth that the root or a later hop allows.</summary>
    DepthInvalid,

    PrincipalAltered,

    /// <summary>A hop that may do something its parent may not.</summary>
    NotNarrower,

    /// <summary>Not yet or no longer valid, or valid for longer than its parent.</summary>
    Expired,

    HolderBindingFailed,

    Revoked,

    /// <summary>The token says where its status is kept, and nobody could say what it is.</summary>
    StatusUnknown,

    AudienceMismatch,

    ScopeNotGranted,

    /// <summary>The action is outside a constraint, or its value or total is not known.</summary>
    CeilingExceeded,

    /// <summary>The last hop has a constraint of a type that is not known here.</summary>
    UnknownConstraint,

    Ok,
}

public static class ChainOutcomes
{
    /// <summary>The draft's name, such as <c>par_hash_mismatch</c>.</summary>
    public static string Name(this ChainOutcome outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());
}
