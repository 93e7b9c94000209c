using AuthServer.Jose;
using AuthServer.Keys;

namespace AuthServer.Tests.Keys;

public class KeyScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly KeyPeriods Periods = new(TimeSpan.FromDays(90), TimeSpan.FromHours(1), TimeSpan.FromMinutes(15));
    private int _made;

    [Fact]
    public void A_new_installation_has_a_current_and_a_next_key_of_each_algorithm()
    {
        var plan = Schedule().Begin([], [JwsAlgorithm.ES256, JwsAlgorithm.RS256], Start);

        Assert.Equal([KeyState.Current, KeyState.Next, KeyState.Current, KeyState.Next], plan.Keys.Select(key => key.StateAt(Start)));
        Assert.Equal(Start + Periods.RotateEvery, plan.Keys[1].ActivatesAt);
        Assert.Equal(4, plan.Events.Count(e => e.Kind == KeyEventKind.Created));
    }

    [Fact]
    public void While_no_time_has_come_nothing_changes()
    {
        var keys = Begin();

        Assert.Equal(keys, Schedule().Maintain(keys, Start + Periods.RotateEvery - TimeSpan.FromMilliseconds(1)).Keys);
    }

    [Fact]
    public void When_its_time_has_come_the_next_key_signs_the_old_one_retires_and_a_new_next_is_published()
    {
        var now = Start + Periods.RotateEvery;
        var plan = Schedule().Maintain(Begin(), now);

        Assert.Equal([KeyState.Retiring, KeyState.Current, KeyState.Next], plan.Keys.Select(key => key.StateAt(now)));
        Assert.Equal(now + Periods.LongestToken + KeyPeriods.Settling, plan.Keys[0].ExpiresAt);
        Assert.Equal([new KeyEvent(KeyEventKind.Rotated, "k2", KeyReasons.Schedule), new KeyEvent(KeyEventKind.Created, "k3", null)], plan.Events);
    }

    [Fact]
    public void After_a_long_pause_the_new_next_key_is_still_published_ahead()
    {
        var now = Start + (Periods.RotateEvery * 4);
        var plan = Schedule().Maintain(Begin(), now);

        Assert.Equal([KeyState.Expired, KeyState.Current, KeyState.Next], plan.Keys.Select(key => key.StateAt(now)));
        Assert.Equal(now + Periods.PublishAhead, plan.Keys[2].ActivatesAt);
    }

    [Fact]
    public void A_rotation_takes_the_standing_next_key_at_once()
    {
        var now = Start + TimeSpan.FromDays(2);
        var plan = Schedule().Rotate(Begin(), JwsAlgorithm.ES256, now);

        Assert.Equal([KeyState.Retiring, KeyState.Current, KeyState.Next], plan.Keys.Select(key => key.StateAt(now)));
        Assert.Equal(now + Periods.RotateEvery, plan.Keys[2].ActivatesAt);
        Assert.Equal(KeyReasons.Requested, plan.Events.Single(e => e.Kind == KeyEventKind.Rotated).Reason);
    }

    [Fact]
    public void A_rotation_waits_until_the_next_key_has_been_published_for_long_enough()
    {
        var now = Start + TimeSpan.FromMinutes(10);
        var plan = Schedule().Rotate(Begin(), JwsAlgorithm.ES256, now);

        Assert.Equal([KeyState.Current, KeyState.Next], plan.Keys.Select(key => key.StateAt(now)));
        Assert.Equal(Start + Periods.PublishAhead, plan.Keys[1].ActivatesAt);
        Assert.Equal(plan.Keys[1].ActivatesAt, plan.Keys[0].RetiresAt);
        Assert.Equal(KeyReasons.RequestedLater, Assert.Single(plan.Events).Reason);
        Assert.Equal(plan.Keys, Schedule().Rotate(plan.Keys, JwsAlgorithm.ES256, now).Keys);
    }

    [Fact]
    public void A_rotation_to_an_algorithm_without_keys_makes_its_first_and_leaves_the_others_alone()
    {
        var keys = Begin();
        var plan = Schedule().Rotate(keys, JwsAlgorithm.PS256, Start + TimeSpan.FromDays(1));

        Assert.Equal(keys, plan.Keys.Take(2));
        Assert.Equal([KeyState.Current, KeyState.Next], plan.Keys.Skip(2).Select(key => key.StateAt(Start + TimeSpan.FromDays(1))));
    }

    [Fact]
    public void Revoking_the_current_key_lets_the_next_sign_at_once_and_the_trail_says_that_it_came_unannounced()
    {
        var now = Start + TimeSpan.FromMinutes(10);
        var plan = Schedule().Revoke(Begin(), "k1", now)!;

        Assert.Equal([KeyState.Revoked, KeyState.Current, KeyState.Next], plan.Keys.Select(key => key.StateAt(now)));
        Assert.Equal(
            [
                new KeyEvent(KeyEventKind.Revoked, "k1", null),
                new KeyEvent(KeyEventKind.Rotated, "k2", KeyReasons.RevocationUnannounced),
                new KeyEvent(KeyEventKind.Created, "k3", null),
            ],
            plan.Events);
        var later = Schedule().Revoke(Begin(), "k4", Start + TimeSpan.FromHours(2))!; // the second Begin numbers on
        Assert.Equal(KeyReasons.Revocation, later.Events[1].Reason);
    }

    [Fact]
    public void Revoking_the_next_key_makes_another_next()
    {
        var now = Start + TimeSpan.FromDays(90) - TimeSpan.FromMinutes(1);
        var plan = Schedule().Revoke(Begin(), "k2", now)!;

        Assert.Equal([KeyState.Current, KeyState.Revoked, KeyState.Next], plan.Keys.Select(key => key.StateAt(now)));
        Assert.Equal(now + Periods.PublishAhead, plan.Keys[2].ActivatesAt);
        Assert.Equal(plan.Keys[2].ActivatesAt, plan.Keys[0].RetiresAt);
        Assert.DoesNotContain(plan.Events, e => e.Kind == KeyEventKind.Rotated);
    }

    [Fact]
    public void A_key_that_is_unknown_or_has_ended_cannot_be_revoked()
    {
        var keys = Schedule().Revoke(Begin(), "k1", Start)!.Keys;

        Assert.Null(Schedule().Revoke(keys, "k1", Start));
        Assert.Null(Schedule().Revoke(keys, "k9", Start));
    }

    [Fact]
    public void A_shorter_period_counts_for_standing_keys_and_a_longer_one_for_those_to_come()
    {
        var keys = Begin();
        var now = Start + TimeSpan.FromDays(20);
        var shorter = Schedule(Periods with { RotateEvery = TimeSpan.FromDays(30) }).Maintain(keys, now);
        var longer = Schedule(Periods with { RotateEvery = TimeSpan.FromDays(300) }).Maintain(keys, now);

        Assert.Equal(Start + TimeSpan.FromDays(30), shorter.Keys[1].ActivatesAt);
        Assert.Equal(Start + TimeSpan.FromDays(30), shorter.Keys[0].RetiresAt);
        Assert.Equal(keys, longer.Keys);
    }

    [Fact]
    public void Longer_tokens_keep_a_key_longer_and_shorter_ones_do_not_end_it_early()
    {
        var keys = Begin();
        var longer = Schedule(Periods with { LongestToken = TimeSpan.FromDays(1) }).Maintain(keys, Start);

        Assert.Equal(keys[0].RetiresAt + TimeSpan.FromDays(1) + KeyPeriods.Settling, longer.Keys[0].ExpiresAt);
        Assert.Equal(longer.Keys, Schedule().Maintain(longer.Keys, Start).Keys);
    }

    private IReadOnlyList<KeyLife> Begin() => Schedule().Begin([], [JwsAlgorithm.ES256], Start).Keys;

    private KeySchedule Schedule(KeyPeriods? periods = null) => new(periods ?? Periods, _ => $"k{++_made}");
}
