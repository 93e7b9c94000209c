namespace AuthServer.Webhooks;

/// <summary>How many messages are on their way at once: few for one webhook and one organization, so that a slow receiver holds up nobody else's. Half of all
/// lanes are for prompt webhooks alone: those whose last message was received, and promptly. However many others there are, they hang in the other half.</summary>
internal sealed class WebhookLanes
{
    private const int Most = 64;
    private const int MostOfOthers = 32;
    private const int MostOfOrganization = 8;
    private const int MostOfOthersOfOrganization = 4;
    private const int MostOfWebhook = 2;

    // Whoever is forgotten has to show it again.
    private const int MostKnown = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _prompt = [];
    private readonly Dictionary<string, int> _taken = [];
    private readonly Dictionary<string, int> _takenByOthers = [];
    private int _all;
    private int _others;

    /// <summary>Null: there is none free for this webhook.</summary>
    public WebhookLane? TryTake(string webhookId, string organizationId)
    {
        lock (_lock)
        {
            var lane = new WebhookLane(webhookId, organizationId, _prompt.Contains(webhookId));
            if (_all >= Most || _taken.GetValueOrDefault(webhookId) >= MostOfWebhook || _taken.GetValueOrDefault(organizationId) >= MostOfOrganization
                || (!lane.IsPrompt && (_others >= MostOfOthers || _takenByOthers.GetValueOrDefault(organizationId) >= MostOfOthersOfOrganization)))
            {
                return null;
            }

            Count(lane, 1);
            return lane;
        }
    }

    /// <param name="prompt">Whether its last message was received promptly; null: there was none.</param>
    public void Return(WebhookLane lane, bool? prompt)
    {
        lock (_lock)
        {
            Count(lane, -1);
            if (prompt is true)
            {
                Learn(lane.WebhookId);
            }
            else if (prompt is false)
            {
                _prompt.Remove(lane.WebhookId);
            }
        }
    }

    private void Learn(string webhookId)
    {
        if (_prompt.Count >= MostKnown)
        {
            _prompt.Clear();
        }

        _prompt.Add(webhookId);
    }

    private void Count(WebhookLane lane, int count)
    {
        _all += count;
        Add(_taken, lane.WebhookId, count);
        Add(_taken, lane.OrganizationId, count);
        if (!lane.IsPrompt)
        {
            _others += count;
            Add(_takenByOthers, lane.OrganizationId, count);
        }
    }

    private static void Add(Dictionary<string, int> taken, string id, int count)
    {
        if ((taken[id] = taken.GetValueOrDefault(id) + count) == 0)
        {
            taken.Remove(id);
        }
    }
}

/// <param name="IsPrompt">Whether the webhook was when it took this lane.</param>
internal sealed record WebhookLane(string WebhookId, string OrganizationId, bool IsPrompt);
