using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using static AuthServer.Protocol.Delegation.ChainOutcome;

namespace AuthServer.Tests.Protocol.Delegation;

/// <summary>A chain with two faults answers with the one that is looked for first, also where the other is nearer to the root.</summary>
public sealed class ChainOrderTests
{
    private static readonly SigningKey Stranger = SigningKey.Create(JwsAlgorithm.ES256);

    // In the draft's order. Each makes its fault at a hop and none that is looked for earlier.
    private static readonly (ChainOutcome Outcome, Action<TestChain, int> Make)[] Faults =
    [
        (Malformed, (chain, hop) => chain.Claims[hop].Remove("jti")),
        (NonCanonical, (chain, hop) => chain.Texts[hop] = text => text + " "),
        (DuplicateMember, (chain, hop) => chain.Texts[hop] = text => text.Replace("\"jti\"", "\"iss\"", StringComparison.Ordinal)),
        (NonFinite, (chain, hop) => chain.Texts[hop] = text => text.Replace("\"max\":100", "\"max\":NaN", StringComparison.Ordinal)),
        (SignatureInvalid, (chain, hop) => chain.Keys[hop] = Stranger),
        (ParHashMismatch, (chain, hop) => chain.Claims[hop]["par_hash"] = TestChain.Thumbprint),
        (DepthInvalid, (chain, hop) => chain.Claims[hop]["del_depth"] = 7),
        (PrincipalAltered, (chain, hop) => chain.Claims[hop]["sub"] = "usr_2"),
        (NotNarrower, (chain, hop) => chain.SetScopes(hop, "crm.*", "files.read")),
        (Expired, (chain, hop) => chain.Claims[hop]["exp"] = 1),
        (HolderBindingFailed, (chain, _) => chain.Expected = chain.Expected with { Holder = "another" }),
        (Revoked, (chain, hop) => Status(chain, hop, HopStatus.Revoked)),
        (StatusUnknown, (chain, hop) => Status(chain, hop, HopStatus.Unknown)),
        (AudienceMismatch, (chain, _) => chain.Expected = chain.Expected with { Audience = "https://other.example" }),
        (ScopeNotGranted, (chain, _) => chain.Expected = chain.Expected with { Scope = "billing.read" }),
        (CeilingExceeded, (chain, _) => chain.Expected = chain.Expected with { Action = TestChain.Amount(1000) }),
        (UnknownConstraint, (chain, _) => Enumerable.Range(0, 3).ToList().ForEach(hop => chain.AddConstraint(hop, """{"key":"place","within":1}"""))),
    ];

    // The faults of one step, which are told apart by what is read first and not by their names.
    private static readonly ChainOutcome[][] Steps = [[Malformed, NonCanonical, DuplicateMember, NonFinite], [Revoked, StatusUnknown]];

    public static TheoryData<ChainOutcome, ChainOutcome> Pairs()
    {
        var pairs = new TheoryData<ChainOutcome, ChainOutcome>();
        foreach (var (first, second) in from first in Faults from second in Faults select (first.Outcome, second.Outcome))
        {
            if (first < second && !Array.Exists(Steps, step => step.Contains(first) && step.Contains(second)))
            {
                pairs.Add(first, second);
            }
        }

        return pairs;
    }

    [Fact]
    public void Every_outcome_but_success_is_here_and_each_alone_is_the_answer()
    {
        Assert.Equal(Enum.GetValues<ChainOutcome>().Except([Ok]), Faults.Select(fault => fault.Outcome));
        Assert.All(Faults, fault =>
        {
            var chain = new TestChain();
            fault.Make(chain, 2);
            Assert.Equal(fault.Outcome, chain.Verify().Outcome);
        });
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_earlier_fault_is_the_answer(ChainOutcome first, ChainOutcome second)
    {
        var chain = new TestChain();
        Make(second)(chain, 1);
        Make(first)(chain, 2);

        Assert.Equal(first, chain.Verify().Outcome);
    }

    [Fact]
    public void Of_two_faults_of_one_step_the_nearer_to_the_root_is_the_answer() =>
        Assert.All(Steps, step => Assert.All(step, first => Assert.All(step, second =>
        {
            var chain = new TestChain();
            Make(second)(chain, 2);
            Make(first)(chain, 1);
            var verdict = chain.Verify();
            Assert.Equal((first, 1), (verdict.Outcome, verdict.Hop));
        })));

    private static Action<TestChain, int> Make(ChainOutcome outcome) => Faults.Single(fault => fault.Outcome == outcome).Make;

    private static void Status(TestChain chain, int hop, HopStatus status)
    {
        var others = chain.Expected.Status!;
        chain.Expected = chain.Expected with { Status = token => token.Depth == hop ? status : others(token) };
    }
}
