using AuthServer.Vault.Providers;
using AuthServer.Vault.Usage;
using static AuthServer.Vault.Usage.ProviderTrouble;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>When a provider is said to have trouble, and to whom.</summary>
public sealed class ProviderJudgementTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_calls_nothing_is_known() => Assert.Equal((ProviderState.Unknown, null), Of("a"));

    [Fact]
    public void One_organization_makes_no_provider_look_down_to_others_however_much_it_calls()
    {
        ProviderEvidence[] seen = [Seen("a", NoAnswer, 1000, 1)];

        Assert.Equal((ProviderState.Unknown, null), Of("b", seen));
        Assert.Equal((ProviderState.Operational, StatusScope.Organization), Of("b", [.. seen, Seen("b", null, 1)]));
        Assert.Equal((ProviderState.Down, StatusScope.Organization), Of("a", seen));
    }

    [Fact]
    public void One_account_says_nothing_not_even_to_its_own_organization()
    {
        Assert.Equal((ProviderState.Unknown, null), Of("a", Seen("a", ServerErrors, 1, 1)));
        Assert.Equal((ProviderState.Degraded, StatusScope.Organization), Of("a", Seen("a", ServerErrors, 3, 1), Seen("a", null, 3)));
        Assert.Equal((ProviderState.Operational, StatusScope.Organization), Of("a", Seen("a", ServerErrors, 3, 1), Seen("a", null, 4)));
    }

    [Fact]
    public void Several_organizations_that_see_the_same_speak_for_all()
    {
        ProviderEvidence[] two = [Seen("a", NoTokens, 1, 3), Seen("b", NoTokens, 1, 5)];

        Assert.Equal((ProviderState.Down, StatusScope.Installation), Of("c", two));
        Assert.Equal((ProviderState.Down, StatusScope.Installation), Of("a", two));
        Assert.Equal(Noon.AddMinutes(5), ProviderJudgement.Of(two, "c").Since);
        Assert.Equal((ProviderState.Degraded, StatusScope.Installation), Of("c", [.. two, Seen("c", null, 9), Seen("d", null, 9)]));
    }

    [Fact]
    public void Whoever_is_answered_is_not_told_that_nobody_is()
    {
        ProviderEvidence[] seen = [.. Enumerable.Range(0, 9).Select(i => Seen($"o{i}", NoAnswer, 5, 1)), Seen("c", null, 1)];

        Assert.Equal((ProviderState.Down, StatusScope.Installation), Of("elsewhere", seen));
        Assert.Equal((ProviderState.Degraded, StatusScope.Installation), Of("c", seen));
    }

    [Fact]
    public void Two_that_see_different_things_do_not_see_the_same() =>
        Assert.Equal((ProviderState.Unknown, null), Of("c", Seen("a", NoTokens, 5, 1), Seen("b", NoAnswer, 5, 1)));

    [Fact]
    public void Two_of_very_many_are_their_own_affair()
    {
        var seen = Enumerable.Range(0, 20).Select(i => Seen($"o{i}", i < 2 ? NoAnswer : null, 1, 1)).ToArray();

        Assert.Equal((ProviderState.Operational, StatusScope.Installation), Of("elsewhere", seen));
    }

    [Fact]
    public void What_is_said_names_no_organization_and_counts_none()
    {
        foreach (var status in new[] { ProviderJudgement.Of([Seen("acct_a", NoTokens, 7, 3), Seen("acct_b", NoTokens, 8, 5)], "acct_c"), ProviderJudgement.Of([Seen("acct_a", NoTokens, 7, 3)], "acct_a") })
        {
            Assert.DoesNotMatch("acct_|[0-9]", status.Why);
        }
    }

    private static (ProviderState, StatusScope?) Of(string organization, params ProviderEvidence[] seen)
    {
        var status = ProviderJudgement.Of(seen, organization);
        return (status.State, status.Scope);
    }

    private static ProviderEvidence Seen(string organization, ProviderTrouble? trouble, int credentials, int minute = 0) =>
        new(organization, trouble, credentials, trouble is null ? null : Noon.AddMinutes(minute));
}
