using System.Reflection;
using AuthServer.Http.OpenApi;
using AuthServer.Protocol.Authorize;
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

    /// <param name="acr">What their sign-in reached.</param>
    internal Person(string userId, DateTimeOffset authTime, string? acr, bool byBrowser) =>
        (_userId, AuthTime, IsStrong, ByBrowser, Known) = (userId, authTime, Acr.IsStrong(acr), byBrowser, new KnownCaller(userId));

    /// <summary>Who is signed in, in a browser.</summary>
    internal static Person Of(SignedInPerson person) => new(person.Subject, person.ShownAt, person.Acr, byBrowser: true);

    public Problem? Refusal { get; }

    public KnownCaller? Known { get; }

    /// <summary><c>usr_…</c></summary>
    public string UserId => _userId ?? throw new InvalidOperationException("A refused caller was used.");

    public DateTimeOffset AuthTime { get; }

    /// <summary>They signed in with a passkey or a second factor.</summary>
    public bool IsStrong { get; }

    /// <summary>By the session cookie, and from a page of ours.</summary>
    public bool ByBrowser { get; }

    public static ValueTask<Person> BindAsync(HttpContext http, ParameterInfo parameter) =>
        http.RequestServices.GetRequiredService<Callers>().PersonAsync(http);

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptedCredentials(AcceptedCredentials.OfPeople));
}
