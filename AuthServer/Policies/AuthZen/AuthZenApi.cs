using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Policies.AuthZen;

/// <summary>OpenID AuthZEN Authorization API 1.0 over the same engine: <c>/access/v1</c> and its metadata.</summary>
internal static class AuthZenApi
{
    public const string Evaluation = "/access/v1/evaluation";
    public const string Evaluations = "/access/v1/evaluations";
    public const string Subjects = "/access/v1/search/subject";
    public const string Resources = "/access/v1/search/resource";
    public const string Actions = "/access/v1/search/action";

    private const string Metadata = "/.well-known/authzen-configuration";

    public static void MapAuthZen(this IEndpointRouteBuilder routes, IssuerUri issuer)
    {
        var access = routes.MapApi("").WithTags("AuthZEN");
        access.MapPost(Evaluation, (AccessBody<AccessRequest> body, Enforcer enforcer, AccessEvaluation evaluation, HttpContext http, CancellationToken ct) =>
                evaluation.EvaluateAsync(http, enforcer, body.Json, ct))
            .WithName("evaluateAccess").WithSummary("May this subject do this to that resource? The decision counts, and is in the trail.");
        access.MapPost(Evaluations, (AccessBody<AccessesRequest> body, Enforcer enforcer, AccessEvaluation evaluation, HttpContext http, CancellationToken ct) =>
                evaluation.EvaluateAllAsync(http, enforcer, body.Json, ct))
            .WithName("evaluateAccesses").WithSummary("Several such questions in one request.");
        access.MapPost(Subjects, (AccessBody<SearchRequest> body, Enforcer enforcer, AccessSearch search, CancellationToken ct) => search.SubjectsAsync(enforcer, body.Json, ct))
            .WithName("searchSubjects").WithSummary("Who may do this to that resource?");
        access.MapPost(Resources, (AccessBody<SearchRequest> body, Enforcer enforcer, AccessSearch search, CancellationToken ct) => search.ResourcesAsync(enforcer, body.Json, ct))
            .WithName("searchResources").WithSummary("What may this subject do this to?");
        access.MapPost(Actions, (AccessBody<SearchRequest> body, Enforcer enforcer, AccessSearch search, CancellationToken ct) => search.ActionsAsync(enforcer, body.Json, ct))
            .WithName("searchActions").WithSummary("What may this subject do to that resource?");
        routes.MapMethods(Metadata, [HttpMethods.Get, HttpMethods.Head], http => AuthZenMetadata.WriteAsync(http, issuer)).RequireCors(ClientOrigins.Anybody)
            .Describe("getAuthZenMetadata", "Where the AuthZEN endpoints are.", AuthZenMetadata.Operation);
    }
}
