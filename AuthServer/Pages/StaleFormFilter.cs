using AuthServer.Http;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace AuthServer.Pages;

/// <summary>A form without a good anti-forgery token: nearly always one that stood open while its person signed in or out elsewhere.</summary>
internal sealed class StaleFormFilter : IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is IAntiforgeryValidationFailedResult)
        {
            DisplayedError.Show(context.HttpContext, OAuthError.InvalidRequest(
                "This page was out of date, so nothing was done. Go back, load the page again, and repeat what you did.", "stale_form"));
        }
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
