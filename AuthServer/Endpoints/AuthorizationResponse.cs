using System.Text;
using AuthServer.Http;
using AuthServer.Pages.Forms;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>The one writer of authorization responses (RFC 6749 §4.1.2, OAuth 2.0 Form Post Response Mode).</summary>
public sealed class AuthorizationResponse(IssuerUri issuer)
{
    public Task SendAsync(HttpContext http, RedirectTarget redirect, string responseMode, IEnumerable<KeyValuePair<string, string>> answer)
    {
        var fields = Fields(redirect, answer);
        if (responseMode == ResponseModes.FormPost)
        {
            PageHeaders.AllowFormTarget(http, redirect.Uri);
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.WriteAsync(FormPostPage.Render(redirect.Uri, fields), http.RequestAborted);
        }

        SeeOther.To(http, Append(redirect.Uri, fields));
        return Task.CompletedTask;
    }

    /// <summary>RFC 6749 §4.1.2.1's parameters.</summary>
    public KeyValuePair<string, string>[] Of(OAuthError error) =>
        [new("error", error.Code), new("error_description", error.Description), new("error_uri", issuer.ErrorPage(error.Code))];

    /// <summary>RFC 9207 §2: success and error alike name their issuer, so that a client cannot take one server's answer for another's.</summary>
    private IEnumerable<KeyValuePair<string, string>> Fields(RedirectTarget redirect, IEnumerable<KeyValuePair<string, string>> answer)
    {
        var fields = answer.Append(new("iss", issuer.Value));
        return redirect.State is { } state ? fields.Append(new("state", state)) : fields;
    }

    /// <summary>Where a browser would be sent with this answer.</summary>
    public string LocationOf(RedirectTarget redirect, IEnumerable<KeyValuePair<string, string>> answer) => Append(redirect.Uri, Fields(redirect, answer));

    private static string Append(string uri, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var location = new StringBuilder(uri);
        var separator = uri.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in fields)
        {
            location.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return location.ToString();
    }
}
