using System.Security.Cryptography;
using System.Text;
using AuthServer.Jose;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Delegation;

/// <summary>Verifies a delegation chain from its tokens alone, in the steps of draft-asor-wimse-agent-delegation-chain §6: each over the whole chain, the
/// first fault is the answer.</summary>
public static class ChainVerifier
{
    /// <summary>Tokens of one chain. Each costs a signature verification that strangers can ask for.</summary>
    public const int MaxHops = 32;

    private static readonly JwsTyp Typ = JwsTyp.Of(AccessToken.MediaType);

    /// <param name="tokens">Root first.</param>
    public static ChainVerdict Verify(IReadOnlyList<string> tokens, ChainExpectations expected)
    {
        var fault = Parse(tokens, out var hops)
            ?? Signatures(tokens, hops, expected)
            ?? Links(tokens, hops)
            ?? Depths(hops)
            ?? Principals(hops)
            ?? Narrowing(hops)
            ?? Audiences(tokens, hops)
            ?? Times(hops, expected)
            ?? Holder(hops, expected)
            ?? Statuses(hops, expected)
            ?? Action(hops, expected);
        return fault is null ? new ChainVerdict(hops, expected.NotChecked) : new ChainVerdict(fault);
    }

    private static ChainFault? Parse(IReadOnlyList<string> tokens, out IReadOnlyList<DelegationToken> hops)
    {
        var read = new List<DelegationToken>();
        hops = read;
        if (tokens.Count is 0 or > MaxHops)
        {
            return new ChainFault(ChainOutcome.Malformed, tokens.Count == 0 ? 0 : MaxHops, $"A chain has 1 to {MaxHops} tokens.");
        }

        for (var i = 0; i < tokens.Count; i++)
        {
            if (DelegationTokenReader.Read(tokens[i], i, out var hop) is { } fault)
            {
                return fault;
            }

            read.Add(hop!);
        }

        return null;
    }

    // Step 1: the verifier's own list, however well another algorithm's signature verifies. A key that takes others too is not fixed to one of them.
    private static ChainFault? Signatures(IReadOnlyList<string> tokens, IReadOnlyList<DelegationToken> hops, ChainExpectations expected)
    {
        var others = Enum.GetValues<JwsAlgorithm>().Except(expected.Algorithms).ToArray();
        bool Counts(JsonWebKey key) => !others.Any(key.Accepts);
        var keys = new JwsKeySource(new JsonWebKeySet(expected.RootKeys.Keys.Where(Counts)));
        bool IsIssuers(int i) => (i == 0 || expected.ChildSigner != ChildSigner.Delegator) && JwsVerification.VerifyOctets(tokens[i], Typ, keys, out _) is null;
        bool IsDelegators(int i) => i > 0 && expected.ChildSigner != ChildSigner.Issuer
            && SignerOf(tokens[i]) is { } key && Counts(key) && AreEqual(key.Thumbprint, hops[i - 1].KeyThumbprint);
        return First(tokens.Count, ChainOutcome.SignatureInvalid, "It was not signed by who has to sign it, with an algorithm that counts here.",
            i => IsIssuers(i) || IsDelegators(i));
    }

    /// <summary>The key that the token brings along and is signed with (RFC 7515 §4.1.3); null: it brings none, or another signed it.</summary>
    private static JsonWebKey? SignerOf(string token) =>
        JwsVerification.VerifyOctets(token, Typ, JwsKeySource.Embedded, out var verified) is null ? verified.Key : null;

    // Step 2.
    private static ChainFault? Links(IReadOnlyList<string> tokens, IReadOnlyList<DelegationToken> hops) =>
        First(hops.Count, ChainOutcome.ParHashMismatch, "It was not made for the parent it is presented with.",
            i => i == 0 || AreEqual(hops[i].ParentHash!, DelegationToken.HashOf(tokens[i - 1])));

    // Step 3. A hop that lowers the depth means it, so each limit counts from where it stands, not the root's alone.
    private static ChainFault? Depths(IReadOnlyList<DelegationToken> hops) =>
        First(hops.Count, ChainOutcome.DepthInvalid, "Its depth is out of sequence, or beyond what a token above it allows.",
            i => hops[i].Depth == i && i < Limit(hops, i));

    private static ChainFault? Principals(IReadOnlyList<DelegationToken> hops) =>
        First(hops.Count, ChainOutcome.PrincipalAltered, "It acts for somebody else than the root.", i => hops[i].Principal == hops[0].Principal);

    // Step 4.
    private static ChainFault? Narrowing(IReadOnlyList<DelegationToken> hops) =>
        First(hops.Count, ChainOutcome.NotNarrower, "It may do something that its parent may not.",
            i => i == 0 || (Authority.IsNarrower(hops[i - 1].Authority, hops[i].Authority) && (hops[i].MaxDepth is not { } own || own <= Limit(hops, i - 1))));

    // What an agent hands on by itself is for no other API than its own token. The draft asks that only of the last token; but it knows nobody who signs
    // beside the authorization server.
    private static ChainFault? Audiences(IReadOnlyList<string> tokens, IReadOnlyList<DelegationToken> hops) =>
        First(hops.Count, ChainOutcome.NotNarrower, "It is for an audience that the agent which signed it has no token for.",
            i => i == 0 || hops[i].Audience.All(hops[i - 1].Audience.Contains) || SignerOf(tokens[i]) is null);

    // Step 5.
    private static ChainFault? Times(IReadOnlyList<DelegationToken> hops, ChainExpectations expected) =>
        First(hops.Count, ChainOutcome.Expired, "It is not valid now, or for longer than its parent.",
            i => !(hops[i].NotBefore - expected.Now > expected.Skew) && expected.Now - hops[i].ExpiresAt <= expected.Skew
                && (i == 0 || hops[i].ExpiresAt <= hops[i - 1].ExpiresAt));

    // Step 6.
    private static ChainFault? Holder(IReadOnlyList<DelegationToken> hops, ChainExpectations expected) =>
        expected.Holder is null || AreEqual(hops[^1].KeyThumbprint, expected.Holder)
            ? null
            : new ChainFault(ChainOutcome.HolderBindingFailed, hops.Count - 1, "Whoever presents it does not hold its key.");

    // Step 7: what was revoked outranks what nobody knows, hop by hop.
    private static ChainFault? Statuses(IReadOnlyList<DelegationToken> hops, ChainExpectations expected)
    {
        for (var i = 0; i < hops.Count && !expected.WithoutStatus; i++)
        {
            var status = expected.Status?.Invoke(hops[i]) ?? (hops[i].Others.ContainsKey(DelegationToken.StatusClaim) ? HopStatus.Unknown : HopStatus.Live);
            if (status != HopStatus.Live)
            {
                return status == HopStatus.Revoked
                    ? new ChainFault(ChainOutcome.Revoked, i, "It was revoked.")
                    : new ChainFault(ChainOutcome.StatusUnknown, i, "Nobody can say whether it was revoked.");
            }
        }

        return null;
    }

    // Step 8. A bound that nobody here understands stands against everything, asked for or not.
    private static ChainFault? Action(IReadOnlyList<DelegationToken> hops, ChainExpectations expected)
    {
        var (leaf, authority) = (hops.Count - 1, hops[^1].Authority);
        if (expected.Audience is { } audience && !hops[^1].Audience.Contains(audience))
        {
            return new ChainFault(ChainOutcome.AudienceMismatch, leaf, "It was made for another audience.");
        }

        if (expected.Scope is { } scope && !authority.Covers(scope))
        {
            return new ChainFault(ChainOutcome.ScopeNotGranted, leaf, "The scope is not covered.");
        }

        return (expected.Scope is null ? authority.Constraints.Unknown : authority.Constraints.FirstAgainst(expected.Action)) switch
        {
            null => null,
            { IsKnown: true } => new ChainFault(ChainOutcome.CeilingExceeded, leaf, "The action is outside a constraint, or what the constraint bounds is not known."),
            _ => new ChainFault(ChainOutcome.UnknownConstraint, leaf, "A constraint has a type that is not known here."),
        };
    }

    private static long Limit(IReadOnlyList<DelegationToken> hops, int last) => hops.Take(last + 1).Min(hop => hop.MaxDepth ?? long.MaxValue);

    private static bool AreEqual(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static ChainFault? First(int count, ChainOutcome outcome, string detail, Func<int, bool> isSound)
    {
        var hop = Enumerable.Range(0, count).FirstOrDefault(i => !isSound(i), -1);
        return hop < 0 ? null : new ChainFault(outcome, hop, detail);
    }
}
