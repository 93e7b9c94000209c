using AuthServer.Http;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>A form that another site's page has sent here. Our cookies are SameSite=Lax and stay behind then, so it would look
/// as if nobody were signed in, and a new browser cookie would cut off the other tabs. Asked once more as GET, the question has them.</summary>
internal static class CrossSitePost
{
    // What fits into the server's 8 KiB request line. A longer question is answered as it came.
    private const int LongestQuery = 7000;

    /// <summary>True: the browser was sent to ask again, and there is nothing more to do.</summary>
    public static bool AskAgain(HttpContext http, string path, Parameters parameters)
    {
        var request = http.Request;
        if (!HttpMethods.IsPost(request.Method) || (request.Cookies.Count > 0 && request.Headers["Sec-Fetch-Site"] != "cross-site"))
        {
            return false;
        }

        var query = parameters.Encode();
        if (query.Length > LongestQuery)
        {
            return false;
        }

        SeeOther.To(http, $"{path}?{query}");
        return true;
    }
}
