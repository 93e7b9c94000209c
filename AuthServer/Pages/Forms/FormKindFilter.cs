using AuthServer.Http;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace AuthServer.Pages.Forms;

/// <summary>Pages take the one kind of form that they make. Before the anti-forgery check, since the framework's reader fails on an encoding that it does not know.</summary>
internal sealed class FormKindFilter : IAuthorizationFilter
{
    /// <summary>What is larger is not even read to its end.</summary>
    private const long MostDrained = 4 * 1024 * 1024;

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsPost(http.Request.Method) && !RequestForm.IsForm(http.Request.ContentType) && !TakesFileAttribute.Allows(context))
        {
            DisplayedError.Show(http, OAuthError.InvalidRequest("The form was not sent as a form. Go back, load the page again, and repeat what you did.", "content_type"));
            context.Result = new EmptyResult();
        }
        else if (HttpMethods.IsPost(http.Request.Method) && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { } limit && http.Request.ContentLength is { } length && length > limit.MaxRequestBodySize)
        {
            // The check against forgery could not read it either, and would say that the page was out of date. A browser that is cut off while it sends shows no answer.
            limit.MaxRequestBodySize = length <= MostDrained ? length : limit.MaxRequestBodySize;
            context.Result = new StatusCodeResult(StatusCodes.Status413PayloadTooLarge);
        }
    }
}
