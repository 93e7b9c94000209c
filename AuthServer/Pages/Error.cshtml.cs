using System.Globalization;
using AuthServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

/// <summary>What people see of what went wrong. It runs in place of the answer that failed, whatever its method, and repeats nothing of the request.</summary>
public sealed class ErrorModel : PageModel
{
    public string Title { get; private set; } = "Something went wrong";

    public string Message { get; private set; } = "Go back and try again.";

    /// <summary>The protocol's error code.</summary>
    public string? Code { get; private set; }

    public void OnGet()
    {
        var status = Response.StatusCode;
        if (status == StatusCodes.Status200OK)
        {
            // Opened by itself: nothing has failed, so there is nothing here.
            Response.StatusCode = status = StatusCodes.Status404NotFound;
        }

        (Title, Message) = status switch
        {
            StatusCodes.Status404NotFound => ("There is no such page", "The address may be mistyped, or the page may have moved."),
            StatusCodes.Status405MethodNotAllowed => ("This page cannot be used like that", "Go back and try again."),
            StatusCodes.Status413PayloadTooLarge => ("That was too much", "The form holds more than this server takes."),
            StatusCodes.Status429TooManyRequests => ("Too many requests", $"Wait {Wait()}, then try again."),
            StatusCodes.Status503ServiceUnavailable => ("The server is busy", "Try again in a moment."),
            >= 500 => ("Something went wrong here", "It is not your fault. Try again in a moment."),
            _ => ("This request cannot be answered", "Go back and try again."),
        };
        if (status != StatusCodes.Status429TooManyRequests && DisplayedError.Of(HttpContext) is { } shown)
        {
            (Title, Message, Code) = (shown.Title ?? "This request cannot be answered", shown.Message, shown.Code);
        }
    }

    private string Wait() =>
        int.TryParse(Response.Headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? Durations.InWords(TimeSpan.FromSeconds(seconds))
            : "a minute";
}
