using AuthServer.Pages.Portal;
using AuthServer.Webhooks;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Webhooks;

/// <summary>What the pages of webhooks share.</summary>
internal static class WebhookPages
{
    /// <summary>A secret that was made just now.</summary>
    /// <param name="page">Gives the file.</param>
    public static ShownSecret Secret(WebhookItem webhook, string page) =>
        new(new CodeBlock("secret", T("Secret"), webhook.Secret!), page, ShownSecret.FileOf(new Uri(webhook.Url).Host, ".env")) { Content = $"AUTHSERVER_WEBHOOK_SECRET={webhook.Secret}\n" };

    /// <summary>What came of a message, in words.</summary>
    /// <param name="enabled">Whether its webhook is: of one that is disabled, what waits is kept and not sent.</param>
    public static string Outcome(DeliveryItem item, bool enabled) => item switch
    {
        { Status: "pending", Attempts: 0 } => enabled ? T("Waits to be sent") : T("Waits until the webhook is enabled again."),
        { Status: "pending" } when !enabled => T("{0} It is sent again once the webhook is enabled again.", Why(item)),
        { Status: "pending", NextAttemptAt: { } next } => T("{0} It is sent again at {1}.", Why(item), Durations.Moment(next)),
        { Status: "delivered" } => T("Received with {0}, in {1} ms.", item.ResponseStatus, item.DurationMs),
        _ when item.Attempts == 1 => T("{0} It was given up after one attempt.", Why(item)),
        _ => T("{0} It was given up after {1} attempts.", Why(item), item.Attempts),
    };

    private static string Why(DeliveryItem item) => item.Error switch
    {
        DeliveryFailures.Status => T("The receiver refused it with {0}.", item.ResponseStatus),
        DeliveryFailures.Redirect => T("The receiver sent it elsewhere with {0}, which is not followed.", item.ResponseStatus),
        DeliveryFailures.Timeout => T("The receiver did not answer in time."),
        DeliveryFailures.Unreachable => T("The receiver could not be reached."),
        DeliveryFailures.EventGone => T("The event is not kept any more."),
        DeliveryFailures.Internal => T("This server could not send it."),
        DeliveryFailures.SecretUnreadable => T("The secret cannot be read: rotate it."),
        _ => T("It is being sent."),
    };
}
