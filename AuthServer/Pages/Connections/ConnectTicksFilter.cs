using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Pages.Connections;

/// <summary>A link's form that came when its session was over sends nobody out. What it left unticked is not ticked again all the same: that much may be believed of a form of anybody's.</summary>
internal sealed class ConnectTicksFilter(ConnectTicks ticks) : IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        var http = context.HttpContext;
        if (context.Result is IAntiforgeryValidationFailedResult && KeptForms.TryRead(http.Request, out var form) && form["decision"] != "cancel" && http.GetRouteValue("token") is string token)
        {
            ticks.Keep(http, token, [.. form["scope"].OfType<string>()]);
        }
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
