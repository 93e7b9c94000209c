using AuthServer.Accounts;
using AuthServer.Http;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Pages.Forms;

/// <summary>A form without a good anti-forgery token: nearly always one that stood open while its person signed in or out elsewhere, or until their session was over.</summary>
internal sealed class StaleFormFilter : IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is not IAntiforgeryValidationFailedResult)
        {
            return;
        }

        var (http, here) = (context.HttpContext, Carried.Here(context.HttpContext.Request));
        var (mustSignIn, again) = (here is not null && SignInSessions.PersonOf(http.User) is null, Carried.PageOf(http.Request) is { } page ? new WayOn("Load the page again", page) : null);

        // The first of two presses may have ended the session that the second came with.
        if (http.RequestServices.GetRequiredService<SentForms>().Knows(http.Request))
        {
            DisplayedError.Show(
                http, "This was done already", "The same form came twice, as by a second press of its button. The first one counts.", mustSignIn ? new WayOn("Sign in", Carried.SignInAt(http.Request)) : again);
            return;
        }

        var kept = !KeepsNothingAttribute.IsOn(context) && http.RequestServices.GetRequiredService<KeptForms>().TryKeep(http);
        if (mustSignIn)
        {
            DisplayedError.Show(
                http,
                "You are not signed in any more",
                kept ? "So nothing was done, and what you typed is kept. Sign in, and you come back to this page: you can send it from there."
                    : !KeptForms.HoldsSomething(http.Request) ? "So nothing was done. Sign in, and you come back to this page."
                    : "So nothing was done. Sign in, and you come back to this page; what you typed into it is to be typed again.",
                new WayOn("Sign in", Carried.SignInAt(http.Request)));
            return;
        }

        DisplayedError.Show(
            http,
            "This page was out of date",
            kept ? "So nothing was done, and what you typed is kept. Load the page again: you can send it from there." : "So nothing was done. Load the page again, and repeat what you did.",
            again);
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
