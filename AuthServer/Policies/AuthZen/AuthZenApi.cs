using System.Text.Json.Serialization;
using AuthServer.Http;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Policies.AuthZen;

/// <summary>OpenID AuthZEN Authorization API 1.0 over the same engine: <c>/access/v1</c> and its metadata.</summary>
internal static class AuthZenApi
{
    private const string Evaluation = "/access/v1/evaluation";
    private const string Evaluations = "/access/v1/evaluations";
    private const string Subjects = "/access/v1/search/subject";
    private const string Resources = "/access/v1/search/resource";
    private const string Actions = "/access/v1/search/action";

    public static void MapAuthZen(this IEndpointRouteBuilder routes)
    {
        var access = routes.MapApi("").WithTags("AuthZEN");
        access.MapPost(Evaluation, (AccessBody body, Enforcer enforcer, AccessEvaluation evaluation, HttpContext http, CancellationToken ct) =>
                evaluation.EvaluateAsync(http, enforcer, body.Json, ct))
            .WithName("evaluateAccess").WithSummary("May this subject do this to that resource? The decision counts, and is in the trail.");
        access.MapPost(Evaluations, (AccessBody body, Enforcer enforcer, AccessEvaluation evaluation, HttpContext http, CancellationToken ct) =>
                evaluation.EvaluateAllAsync(http, enforcer, body.Json, ct))
            .WithName("evaluateAccesses").WithSummary("Several such questions in one request.");
        access.MapPost(Subjects, (AccessBody body, Enforcer enforcer, AccessSearch search, CancellationToken ct) => search.SubjectsAsync(enforcer, body.Json, ct))
            .WithName("searchSubjects").WithSummary("Who may do this to that resource?");
        access.MapPost(Resources, (AccessBody body, Enforcer enforcer, AccessSearch search, CancellationToken ct) => search.ResourcesAsync(enforcer, body.Json, ct))
            .WithName("searchResources").WithSummary("What may this subject do this to?");
        access.MapPost(Actions, (AccessBody body, Enforcer enforcer, AccessSearch search, CancellationToken ct) => search.ActionsAsync(enforcer, body.Json, ct))
            .WithName("searchActions").WithSummary("What may this subject do to that resource?");
        access.MapGet("/.well-known/authzen-configuration", (IssuerUri issuer) => (Answer<AuthZenMetadata>)AuthZenMetadata.Of(issuer))
            .WithName("getAuthZenMetadata").WithSummary("Where these endpoints are (AuthZEN §9).");
    }

    /// <summary>AuthZEN §9.1.</summary>
    public sealed record AuthZenMetadata
    {
        [JsonPropertyName("policy_decision_point")]
        public required string PolicyDecisionPoint { get; init; }

        [JsonPropertyName("access_evaluation_endpoint")]
        public required string AccessEvaluationEndpoint { get; init; }

        [JsonPropertyName("access_evaluations_endpoint")]
        public required string AccessEvaluationsEndpoint { get; init; }

        [JsonPropertyName("search_subject_endpoint")]
        public required string SearchSubjectEndpoint { get; init; }

        [JsonPropertyName("search_resource_endpoint")]
        public required string SearchResourceEndpoint { get; init; }

        [JsonPropertyName("search_action_endpoint")]
        public required string SearchActionEndpoint { get; init; }

        public static AuthZenMetadata Of(IssuerUri issuer) => new()
        {
            PolicyDecisionPoint = issuer.Value,
            AccessEvaluationEndpoint = issuer.At(Evaluation),
            AccessEvaluationsEndpoint = issuer.At(Evaluations),
            SearchSubjectEndpoint = issuer.At(Subjects),
            SearchResourceEndpoint = issuer.At(Resources),
            SearchActionEndpoint = issuer.At(Actions),
        };
    }
}
