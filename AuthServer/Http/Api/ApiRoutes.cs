using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

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
            var result = await next(context);
            await TellAsync(context, (result as Answer)?.Problem);
            return result;
        }

        await TellAsync(context, refusal);
        await Answer.WriteProblemAsync(context.HttpContext, refusal);
        return Results.Empty;
    }

    private static Task TellAsync(EndpointFilterInvocationContext context, Problem? problem) => context.HttpContext.TellRefusalAsync(
        context.Arguments.OfType<ICaller>().FirstOrDefault(caller => caller.Known is not null),
        context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName,
        problem);

    /// <summary>What somebody known tried who may not. Their pace bounds how often.</summary>
    /// <param name="target">What they tried, by its name.</param>
    public static async Task TellRefusalAsync(this HttpContext http, ICaller? caller, string? target, Problem? problem)
    {
        if (problem is null || problem.IsTold || (problem.Status != StatusCodes.Status403Forbidden && problem.Reason is null) || caller?.Known is not { } known)
        {
            return;
        }

        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        await http.RequestServices.GetRequiredService<IAuditTrail>().AppendAsync(
            http.Event(AuditEventTypes.AccessRefused, AuditOutcomes.Denied, now) with
            {
                Subject = known.UserId,
                ClientId = known.ClientId,
                OrganizationId = known.OrganizationId,
                Target = target,
                Reason = problem.Reason ?? problem.Code,
                Detail = known.Detail,
            },
            http.RequestAborted);
    }
}
