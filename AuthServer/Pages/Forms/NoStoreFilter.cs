using AuthServer.Http;
using Microsoft.AspNetCore.Mvc.Filters;

namespace AuthServer.Pages.Forms;

/// <summary>Pages speak of a person: none of them stays in a cache.</summary>
internal sealed class NoStoreFilter : IResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context) => OAuthResponse.NoStore(context.HttpContext.Response);

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
