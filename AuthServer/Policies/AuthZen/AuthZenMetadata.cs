using AuthServer.Http;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Policies.AuthZen;

/// <summary>Where the endpoints are (AuthZEN §9).</summary>
internal static class AuthZenMetadata
{
    public static ProtocolOperation Operation { get; } = new(
        "OpenID AuthZEN Authorization API 1.0 §9.", [], [.. Endpoints.Select(endpoint => new ProtocolField(endpoint.Name)).Prepend(new ProtocolField("policy_decision_point", Required: true))]);

    private static (string Name, string Path)[] Endpoints =>
    [
        ("access_evaluation_endpoint", AuthZenApi.Evaluation),
        ("access_evaluations_endpoint", AuthZenApi.Evaluations),
        ("search_subject_endpoint", AuthZenApi.Subjects),
        ("search_resource_endpoint", AuthZenApi.Resources),
        ("search_action_endpoint", AuthZenApi.Actions),
    ];

    public static async Task WriteAsync(HttpContext http, IssuerUri issuer)
    {
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "public, max-age=300";
        var document = OAuthResponse.Serialize(issuer, static (json, issuer) =>
        {
            json.WriteStartObject();
            json.WriteString("policy_decision_point"u8, issuer.Value);
            foreach (var (name, path) in Endpoints)
            {
                json.WriteString(name, issuer.At(path));
            }

            json.WriteEndObject();
        }).ToArray();
        http.Response.ContentLength = document.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
        }
    }
}
