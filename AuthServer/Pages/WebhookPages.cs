using AuthServer.Http.Api;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages;

/// <summary>What the pages of webhooks share.</summary>
internal static class WebhookPages
{
    /// <summary>Who may look only.</summary>
    /// <param name="what">The operation that they tried.</param>
    public static async Task<IActionResult> RefuseAsync(HttpContext http, Http.Api.Developer member, string what)
    {
        var refused = Problem.Forbidden("role", "This needs the role developer or a higher one.");
        await http.TellRefusalAsync(member, what, refused);
        return new StatusCodeResult(refused.Status);
    }

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
