using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>An error that is shown on a page, because there is nowhere it may be sent. It repeats nothing of the request.</summary>
/// <param name="Message">A sentence for the person.</param>
/// <param name="Code">The protocol's error code, for the developer; null where it is no matter of the protocol.</param>
/// <param name="Title">Null: the error page's own.</param>
public sealed record DisplayedError(string Message, string? Code, string? Title = null)
{
    /// <summary>How to go on; null: home.</summary>
    public WayOn? On { get; private init; }

    /// <summary>Leaves the body to the error page, which the status-code middleware runs.</summary>
    public static void Show(HttpContext http, OAuthError error)
    {
        http.Items[typeof(DisplayedError)] = new DisplayedError(error.Description, error.Code);
        http.Response.StatusCode = error.Code == TooManyRequests.Code ? StatusCodes.Status429TooManyRequests : StatusCodes.Status400BadRequest;
    }

    /// <summary>What is nobody's mistake, and nothing that a developer could mend.</summary>
    /// <param name="on">How to go on; null: home.</param>
    public static void Show(HttpContext http, string title, string message, WayOn? on = null, int status = StatusCodes.Status400BadRequest)
    {
        http.Items[typeof(DisplayedError)] = new DisplayedError(message, null, title) { On = on };
        http.Response.StatusCode = status;
    }

    public static DisplayedError? Of(HttpContext http) => http.Items[typeof(DisplayedError)] as DisplayedError;
}

/// <summary>A link to one of our own pages.</summary>
public sealed record WayOn(string Words, string Address);
