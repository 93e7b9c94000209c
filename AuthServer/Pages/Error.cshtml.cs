using System.Globalization;
using AuthServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

/// <summary>What people see of what went wrong. It runs in place of the answer that failed, whatever its method, and repeats nothing of the request.</summary>
public sealed class ErrorModel : PageModel
{
    public string Title { get; private set; } = Texts.T("Something went wrong");

    public string Message { get; private set; } = Texts.T("Go back and try again.");

    /// <summary>The protocol's error code.</summary>
    public string? Code { get; private set; }

    /// <summary>How to go on; null: home.</summary>
    public WayOn? On { get; private set; }

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
            StatusCodes.Status404NotFound => (Texts.T("There is no such page"), Texts.T("The address may be mistyped, or the page may have moved.")),
            StatusCodes.Status405MethodNotAllowed => (Texts.T("This page cannot be used like that"), Texts.T("Go back and try again.")),
            StatusCodes.Status413PayloadTooLarge => (Texts.T("That was too much"), Texts.T("The form holds more than this server takes.")),
            StatusCodes.Status429TooManyRequests => (Texts.T("Too many requests"), Texts.T("Wait {0}, then try again.", Wait())),
            StatusCodes.Status503ServiceUnavailable => (Texts.T("The server is busy"), Texts.T("Try again in a moment.")),
            >= 500 => (Texts.T("Something went wrong here"), Texts.T("It is not your fault. Try again in a moment.")),
            _ => (Texts.T("This request cannot be answered"), Texts.T("Go back and try again.")),
        };
        if (status != StatusCodes.Status429TooManyRequests && DisplayedError.Of(HttpContext) is { } shown)
        {
            (Title, Message, Code, On) = (Texts.T(shown.Title ?? "This request cannot be answered"), Texts.T(shown.Message), shown.Code, shown.On);
        }
    }

    private string Wait() =>
        int.TryParse(Response.Headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? Durations.InWords(TimeSpan.FromSeconds(seconds))
            : Texts.T("a minute");
}
