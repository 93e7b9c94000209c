using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Http.Api;

public static class ApiRoutes
{
    /// <summary>A group of REST routes, whose handlers run only with arguments that can be used.</summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder routes, string prefix)
    {
        var group = routes.MapGroup(prefix);
        group.AddEndpointFilter(RefuseAsync);
        return group;
    }

    private static async ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var refusal = context.Arguments.OfType<IRefusable>().OrderBy(argument => argument is ICaller ? 0 : 1)
            .Select(argument => argument.Refusal).FirstOrDefault(problem => problem is not null);
        if (refusal is null)
        {
            return await next(context);
        }

        await Answer.WriteProblemAsync(context.HttpContext, refusal);
        return Results.Empty;
    }
}
