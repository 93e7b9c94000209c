namespace AuthServer.Webhooks;

/// <summary>How many messages are on their way at once: few for one webhook and one organization, so that a slow receiver holds up nobody else's.</summary>
internal sealed class WebhookLanes
{
    private const int Most = 64;
    private const int MostOfOrganization = 8;
    private const int MostOfWebhook = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = [];
    private int _all;

    public bool TryTake(string webhookId, string organizationId)
    {
        lock (_lock)
        {
            if (_all >= Most || _taken.GetValueOrDefault(webhookId) >= MostOfWebhook || _taken.GetValueOrDefault(organizationId) >= MostOfOrganization)
            {
                return false;
            }

            Add(webhookId, organizationId, 1);
            return true;
        }
    }

    public void Return(string webhookId, string organizationId)
    {
        lock (_lock)
        {
            Add(webhookId, organizationId, -1);
        }
    }

    private void Add(string webhookId, string organizationId, int count)
    {
        _all += count;
        foreach (var id in (ReadOnlySpan<string>)[webhookId, organizationId])
        {
            if ((_taken[id] = _taken.GetValueOrDefault(id) + count) == 0)
            {
                _taken.Remove(id);
            }
        }
    }
}
