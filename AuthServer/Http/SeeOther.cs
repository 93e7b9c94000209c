using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

public static class SeeOther
{
    /// <summary>303: the browser goes on with GET and without the form it sent (RFC 9700 §4.12).</summary>
    public static void To(HttpContext http, string location)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = location;
    }
}
