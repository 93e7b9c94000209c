using AuthServer.Http;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace AuthServer.Pages.Forms;

/// <summary>A form without a good anti-forgery token: nearly always one that stood open while its person signed in or out elsewhere.</summary>
internal sealed class StaleFormFilter : IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is IAntiforgeryValidationFailedResult)
        {
            DisplayedError.Show(
                context.HttpContext, "This page was out of date", "So nothing was done. Go back, load the page again, and repeat what you did.");
        }
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
