using AuthServer.Vault.Usage;

namespace AuthServer.Tests.Vault.Usage;

/// <summary>What is known of a credential when several saw something of it.</summary>
public sealed class CredentialPulseTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Trouble_goes_on_until_something_good_was_seen()
    {
        var pulse = Bad(1);
        pulse.Follow(Bad(2));
        Assert.Equal((ProviderTrouble.NoAnswer, At(1), At(2)), (pulse.Trouble!.Value, pulse.TroubledSince!.Value, pulse.SeenAt!.Value));

        pulse.Follow(Good(3));
        Assert.Equal((null, null, At(3)), (pulse.Trouble, pulse.TroubledSince, pulse.SucceededAt));
        pulse.Follow(Bad(4));
        Assert.Equal((At(4), At(4), At(3)), (pulse.TroubledSince, pulse.FailedAt, pulse.SucceededAt));
    }

    [Fact]
    public void What_was_good_in_between_is_not_forgotten_when_it_is_told_together()
    {
        var stored = Bad(1);
        var later = Bad(2);
        later.Follow(Good(3));
        later.Follow(Bad(4));

        stored.Follow(later);

        Assert.Equal((At(4), At(3), At(4)), (stored.TroubledSince, stored.SucceededAt, stored.FailedAt));
    }

    [Fact]
    public void Another_nodes_older_news_change_nothing_that_is_newer()
    {
        var pulse = Good(5);
        pulse.Follow(Bad(4));

        Assert.Equal((null, At(5), At(4)), (pulse.Trouble, pulse.SucceededAt, pulse.FailedAt));
    }

    [Fact]
    public void What_is_the_callers_own_fault_says_nothing_of_the_provider()
    {
        var pulse = Bad(1);
        pulse.Follow(new CredentialPulse { ToldAt = At(2), FailedAt = At(2) });

        Assert.Equal((ProviderTrouble.NoAnswer, At(1), At(2)), (pulse.Trouble!.Value, pulse.SeenAt!.Value, pulse.FailedAt!.Value));
    }

    private static DateTimeOffset At(int minute) => Noon.AddMinutes(minute);

    private static CredentialPulse Good(int minute) => new() { ToldAt = At(minute), SucceededAt = At(minute), SeenAt = At(minute), WasSeenWell = true };

    private static CredentialPulse Bad(int minute) =>
        new() { ToldAt = At(minute), FailedAt = At(minute), SeenAt = At(minute), Trouble = ProviderTrouble.NoAnswer, TroubledSince = At(minute) };
}
