using AuthServer.Webhooks;

namespace AuthServer.Pages.Developer.Webhooks;

/// <summary>What the pages of webhooks share.</summary>
internal static class WebhookPages
{
    /// <summary>What came of a message, in words.</summary>
    public static string Outcome(DeliveryItem item) => item switch
    {
        { Status: "pending", Attempts: 0 } => "Waits to be sent",
        { Status: "pending", NextAttemptAt: { } next } => $"{Why(item.Error)} It is sent again at {Durations.Moment(next)}.",
        { Status: "delivered" } => $"Received with {item.ResponseStatus}, in {item.DurationMs} ms.",
        _ => $"{Why(item.Error)} It was given up after {(item.Attempts == 1 ? "1 attempt" : $"{item.Attempts} attempts")}.",
    };

    private static string Why(string? error) => error switch
    {
        DeliveryFailures.Status => "The receiver refused it.",
        DeliveryFailures.Redirect => "The receiver sent it elsewhere, which is not followed.",
        DeliveryFailures.Timeout => "The receiver did not answer in time.",
        DeliveryFailures.Unreachable => "The receiver could not be reached.",
        DeliveryFailures.EventGone => "The event is not kept any more.",
        DeliveryFailures.Internal => "This server could not send it.",
        DeliveryFailures.SecretUnreadable => "The secret cannot be read: rotate it.",
        _ => "It is being sent.",
    };
}
