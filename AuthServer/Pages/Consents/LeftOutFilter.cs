using AuthServer.Endpoints;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace AuthServer.Pages.Consents;

/// <summary>A consent form that came when its session was over answers nothing. What it left out is not ticked again all the same: that much may be believed of a form of anybody's.</summary>
internal sealed class LeftOutFilter(Interactions interactions) : IAsyncAlwaysRunResultFilter
{
    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (context.Result is IAntiforgeryValidationFailedResult && KeptForms.TryRead(http.Request, out var form) && form["decision"] == "allow"
            && await interactions.FindAsync(http, http.Request.Query["request_id"], http.RequestAborted) is { } interaction)
        {
            await interactions.LeaveOutAsync(interaction, interaction.Request.Asked.Where(asked => !form["scope"].Contains(asked)), http.RequestAborted);
        }

        await next();
    }
}
