using AuthServer.Webhooks;

namespace AuthServer.Tests.Webhooks;

/// <summary>Whoever hangs, others are sent their messages.</summary>
public sealed class WebhookLanesTests
{
    private readonly WebhookLanes _lanes = new();

    [Fact]
    public void However_many_organizations_hang_half_of_the_lanes_are_for_those_that_do_not()
    {
        Show("hook", "acme", prompt: true);
        var taken = Enumerable.Range(0, 100).SelectMany(i => TakeAll($"acct_{i}")).ToList();
        Assert.Equal(32, taken.Count);

        Assert.Null(_lanes.TryTake("new", "other"));
        Assert.NotNull(_lanes.TryTake("hook", "acme"));
        _lanes.Return(taken[0], prompt: false);
        Assert.NotNull(_lanes.TryTake("new", "other"));
    }

    [Fact]
    public void One_organization_that_hangs_has_a_few_and_keeps_some_for_its_prompt_webhooks()
    {
        Show("hook", "acme", prompt: true);
        Assert.Equal(4, TakeAll("acme").Count);
        Assert.NotNull(_lanes.TryTake("hook", "acme"));
        Assert.NotNull(_lanes.TryTake("hook", "acme"));
        Assert.Null(_lanes.TryTake("hook", "acme"));
    }

    [Fact]
    public void Whoever_was_prompt_and_is_not_any_more_has_to_show_it_again()
    {
        Show("hook", "acme", prompt: true);
        Show("hook", "acme", prompt: false);
        Assert.False(_lanes.TryTake("hook", "acme")!.IsPrompt);
        Show("hook", "acme", prompt: true);
        Show("hook", "acme", prompt: null);
        Assert.True(_lanes.TryTake("hook", "acme")!.IsPrompt);
    }

    [Fact]
    public void All_lanes_are_given_back_whatever_the_webhook_was_when_it_took_them()
    {
        var (first, second) = (_lanes.TryTake("hook", "acme")!, _lanes.TryTake("hook", "acme")!);
        _lanes.Return(first, prompt: true);
        var third = _lanes.TryTake("hook", "acme")!;
        _lanes.Return(second, prompt: false);
        _lanes.Return(third, prompt: true);

        Assert.Equal(4, TakeAll("acme").Count);
        Assert.Equal(28, Enumerable.Range(0, 100).Sum(i => TakeAll($"acct_{i}").Count));
    }

    private void Show(string webhookId, string organizationId, bool? prompt) => _lanes.Return(_lanes.TryTake(webhookId, organizationId)!, prompt);

    /// <summary>With ten webhooks that nothing is known of.</summary>
    private List<WebhookLane> TakeAll(string organizationId) =>
        [.. Enumerable.Range(0, 20).Select(i => _lanes.TryTake($"{organizationId}-{i / 2}", organizationId)).OfType<WebhookLane>()];
}
