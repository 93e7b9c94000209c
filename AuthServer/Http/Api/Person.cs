using System.Reflection;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http.Api;

/// <summary>A caller who is a person: by their browser's session, or by the token of their sign-in through the API.</summary>
public sealed class Person : ICaller, IEndpointParameterMetadataProvider
{
    private readonly string? _userId;

    internal Person(Problem refusal, KnownCaller? known = null) => (Refusal, Known) = (refusal, known);

    internal Person(string userId, DateTimeOffset authTime, bool byBrowser) =>
        (_userId, AuthTime, ByBrowser, Known) = (userId, authTime, byBrowser, new KnownCaller(userId));

    public Problem? Refusal { get; }

    public KnownCaller? Known { get; }

    /// <summary><c>usr_…</c></summary>
    public string UserId => _userId ?? throw new InvalidOperationException("A refused caller was used.");

    public DateTimeOffset AuthTime { get; }

    /// <summary>By the session cookie, and from a page of ours.</summary>
    public bool ByBrowser { get; }

    public static ValueTask<Person> BindAsync(HttpContext http, ParameterInfo parameter) =>
        http.RequestServices.GetRequiredService<Callers>().PersonAsync(http);

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptedCredentials(AcceptedCredentials.OfPeople));
}
