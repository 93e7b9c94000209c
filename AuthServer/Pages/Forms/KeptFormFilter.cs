using AuthServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Primitives;

namespace AuthServer.Pages.Forms;

/// <summary>A form that waited is sent: its page gets it as it was typed, with the anti-forgery token of today.</summary>
internal sealed class KeptFormFilter(KeptForms forms) : IAsyncResourceFilter
{
    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsPost(http.Request.Method) || !http.Request.HasFormContentType || http.Request.Form[KeptForms.Field] is not [var asked])
        {
            await next();
            return;
        }

        var (id, token) = (asked ?? "", http.Request.Form[FormBinding.Field]);
        if (http.Request.Form.ContainsKey(KeptForms.Forgotten))
        {
            await forms.ForgetAsync(http, id);
            context.Result = new EmptyResult();
            SeeOther.To(http, Carried.Here(http.Request) ?? "/");
        }
        else if (await forms.TakeAsync(http, id, token) is not { } kept || http.Request.Path + http.Request.QueryString != kept.Target)
        {
            context.Result = new EmptyResult();
            DisplayedError.Show(
                http, "It is not kept any more", "It was sent or forgotten already, or it waited too long. Load the page to see how it stands.",
                Carried.Here(http.Request) is { } page ? new WayOn("Load the page again", page) : null);
        }
        else
        {
            http.Request.Form = new FormCollection(new Dictionary<string, StringValues>(kept.Fields, StringComparer.OrdinalIgnoreCase) { [FormBinding.Field] = token });
            await next();
        }
    }
}
