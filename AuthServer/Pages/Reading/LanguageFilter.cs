using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Reading;

/// <summary>Pages say in which language they are, and that another browser may get another.</summary>
internal sealed class LanguageFilter : IResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is PageResult)
        {
            var headers = context.HttpContext.Response.Headers;
            headers.ContentLanguage = Texts.Language.Tag;
            headers.Append("Vary", "Accept-Language, Cookie");
        }
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
