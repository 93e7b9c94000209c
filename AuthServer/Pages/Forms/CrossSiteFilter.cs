using AuthServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Pages.Forms;

/// <summary>Forms of pages come from pages of ours: what a browser says was sent from elsewhere is refused before its token is read.</summary>
internal sealed class CrossSiteFilter : IAuthorizationFilter
{
    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsPost(http.Request.Method) && IsFromElsewhere(http.Request))
        {
            DisplayedError.Show(http, "This form came from another site", "So nothing was done. Open the page here, and repeat what you did.");
            context.Result = new EmptyResult();
        }
    }

    /// <summary>Our pages send no referrer, and browsers then say of their forms that the origin is <c>null</c>: that alone says nothing. A proxy before us may keep the name that the browser
    /// knows to itself; the issuer is that name.</summary>
    private static bool IsFromElsewhere(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is not ("same-origin" or "none");
        }

        return request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != "null"
            && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            && origin != request.HttpContext.RequestServices.GetRequiredService<IssuerUri>().Value;
    }
}
