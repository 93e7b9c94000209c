using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuthServer.Http.Api;
using AuthServer.Policies.AuthZen;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace AuthServer.Tests.Http;

/// <summary>The OpenAPI document is complete and true.</summary>
public sealed partial class ApiDocumentTests(ApiDocumentTests.Documented documented) : IClassFixture<ApiDocumentTests.Documented>
{
    private static readonly string[] Prefixes = ["/api/", "/connect/", "/access/", "/certificates", "/credentials", "/oauth-tokens", "/auth/exchange", "/.well-known/"];

    [Fact]
    public void It_is_valid_for_its_own_readers()
    {
        Assert.Empty(documented.Read.Diagnostic!.Errors);
        Assert.Empty(documented.Read.Diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, documented.Read.Diagnostic.SpecificationVersion);
        Assert.Equal(documented.Server.Issuer, Assert.Single(documented.Document.Servers!).Url);
    }

    [Fact]
    public void Every_route_for_programs_is_in_it_and_nothing_else()
    {
        var mapped = Endpoints().SelectMany(route => Methods(route).Select(method => $"{method} {PathOf(route)}")).Order(StringComparer.Ordinal);

        Assert.Equal(mapped, Operations().Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_has_a_summary_a_tag_and_an_id_of_its_own() => Assert.Multiple(
    [
        .. Operations().Select(Action (operation) => () =>
        {
            Assert.True(operation.Value.Summary?.Length > 5, $"{operation} has no summary.");
            Assert.True(operation.Value.Tags?.Count == 1, $"{operation} has not one tag.");
            Assert.Matches("^[a-z][A-Za-z]+$", operation.Value.OperationId);
        }),
        () => Assert.Equal(Operations().Count(), Operations().Select(operation => operation.Value.OperationId).Distinct().Count()),
    ]);

    [Fact]
    public void Whoever_has_to_say_who_they_are_is_told_how_and_that_they_may_be_refused() => Assert.All(Endpoints(), route =>
    {
        var arguments = ArgumentsOf(route);
        foreach (var operation in Operations().Where(operation => operation.Path == PathOf(route) && Methods(route).Contains(operation.Method)))
        {
            if (arguments.Any(type => type.IsAssignableTo(typeof(ICaller))))
            {
                Assert.NotEmpty(operation.Value.Security ?? []);
                Assert.Contains("401", operation.Value.Responses!.Keys);
            }

            if (arguments.Contains(typeof(Developer)) || arguments.Contains(typeof(Person)))
            {
                Assert.DoesNotContain(operation.Value.Security!, requirement => requirement.Count == 0);
                Assert.Contains("403", operation.Value.Responses!.Keys);
            }

            // An organization's key speaks for no person.
            if (arguments.Contains(typeof(Person)))
            {
                Assert.DoesNotContain(operation.Value.Security!, Names("developerKey"));
            }
            else if (arguments.Contains(typeof(Developer)) || arguments.Contains(typeof(Enforcer)))
            {
                Assert.Contains(operation.Value.Security!, Names("developerKey"));
            }
        }
    });

    [Fact]
    public void Every_operation_says_what_it_answers_when_it_succeeds_and_when_it_does_not() => Assert.All(Operations(), operation =>
    {
        var responses = operation.Value.Responses!;
        Assert.Contains(responses.Keys, status => status[0] is '2' or '3');
        Assert.Contains("default", responses.Keys);
        var type = operation.Value.Tags!.Single().Name == "OAuth 2.1 and OpenID Connect" ? "application/json" : "application/problem+json";
        Assert.All(responses.Where(response => response.Key[0] is '4' or 'd' && response.Value.Content?.ContainsKey("text/html") != true), response =>
            Assert.Contains(type, response.Value.Content!.Keys));

        // RFC 7592 §2: of a registration nobody learns whether it is there but who has its token.
        Assert.Equal(operation.Path.Contains('{', StringComparison.Ordinal) && type != "application/json", responses.ContainsKey("404"));
    });

    [Fact]
    public void Every_parameter_of_a_path_is_described_and_required() => Assert.All(Operations(), operation => Assert.Equal(
        InPath().Matches(operation.Path).Select(match => match.Groups[1].Value).Order(),
        (operation.Value.Parameters ?? []).Where(parameter => parameter is { In: ParameterLocation.Path, Required: true, Schema: not null }).Select(parameter => parameter.Name!).Order()));

    [Fact]
    public void Every_body_that_is_read_is_described_with_its_members() => Assert.All(Endpoints(), route =>
    {
        if (ArgumentsOf(route).FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Body<>)) is not { } body)
        {
            return;
        }

        var operation = Operations().Single(operation => operation.Path == PathOf(route) && Methods(route).Contains(operation.Method));
        var type = body.GetGenericArguments()[0];
        var spelling = type.IsDefined(typeof(SnakeCaseAttribute), false) ? JsonNamingPolicy.SnakeCaseLower : JsonNamingPolicy.CamelCase;
        var members = type.GetProperties().Where(property => property.SetMethod is not null)
            .Where(property => !property.IsDefined(typeof(System.Text.Json.Serialization.JsonExtensionDataAttribute), true))
            .Select(property => spelling.ConvertName(property.Name));
        Assert.Empty(members.Except(operation.Value.RequestBody!.Content!["application/json"].Schema!.Properties?.Keys ?? []));
    });

    [Fact]
    public void Whatever_an_argument_reads_is_in_it() => Assert.All(Endpoints().SelectMany(ArgumentsOf).Distinct().Where(type => type.GetMethod("BindAsync") is not null), type =>
        Assert.True(type.IsAssignableTo(typeof(IEndpointParameterMetadataProvider)), $"{type.Name} reads the request and does not say what."));

    [Fact]
    public void An_operation_says_201_where_it_makes_something()
    {
        Assert.All(
            Operations().Where(operation => operation.Value.OperationId!.StartsWith("create", StringComparison.Ordinal) || operation.Value.OperationId.StartsWith("register", StringComparison.Ordinal)),
            operation => Assert.Contains("201", operation.Value.Responses!.Keys));
        Assert.Contains("201", Operation("POST", "/api/v1/resources").Responses!.Keys);
        Assert.DoesNotContain("200", Operation("POST", "/api/v1/resources").Responses!.Keys);
        Assert.Contains("204", Operation("DELETE", "/api/v1/resources/{id}").Responses!.Keys);
        Assert.Contains("412", Operation("PATCH", "/api/v1/resources/{id}").Responses!.Keys);
    }

    [Fact]
    public void Headers_that_callers_need_are_described()
    {
        Assert.All(Operations().Where(operation => operation.Value.Responses!.ContainsKey("429")), operation => Assert.Contains("Retry-After", operation.Value.Responses!["429"].Headers!.Keys));
        Assert.All(Operations().Where(operation => operation.Value.Responses!.ContainsKey("201")), operation => Assert.Contains("Location", operation.Value.Responses!["201"].Headers!.Keys));
        Assert.Contains("ETag", Operation("POST", "/api/v1/policies").Responses!["201"].Headers!.Keys);
        Assert.Contains("ETag", Operation("GET", "/api/v1/policies/{id}").Responses!["200"].Headers!.Keys);
        Assert.Contains("ETag", Operation("PUT", "/api/v1/audit/retention").Responses!["200"].Headers!.Keys);
        Assert.Null(Operation("GET", "/api/v1/policies").Responses!["200"].Headers);
    }

    [Fact]
    public void A_scope_looks_as_it_is_answered()
    {
        var schema = Operation("GET", "/api/v1/scopes").Responses!["200"].Content!["application/json"].Schema!;
        var item = schema.Properties!["data"].Items!;

        Assert.Equal(["category", "custom", "description", "name", "riskLevel", "scope", "title"], item.Properties!.Keys.Order());
        Assert.Equal(["low", "standard", "high", "critical"], item.Properties["riskLevel"].Enum!.Select(value => value!.GetValue<string>()));
        Assert.Equal(["limit"], schema.Properties["meta"].Required!);
    }

    [Fact]
    public void The_token_endpoint_takes_a_form_and_clients_in_any_way()
    {
        var token = Operation("POST", "/connect/token");
        var form = token.RequestBody!.Content!["application/x-www-form-urlencoded"].Schema!;

        Assert.Equal(["grant_type"], form.Required!);
        Assert.Superset(new HashSet<string> { "code", "code_verifier", "refresh_token", "scope", "resource", "client_id", "client_assertion" }, form.Properties!.Keys.ToHashSet());
        Assert.Contains(token.Security!, Names("client"));
        Assert.Contains(token.Security!, requirement => requirement.Count == 0);
    }

    [Fact]
    public async Task Anybody_may_read_it_from_anywhere()
    {
        using var http = documented.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.Add("Origin", "https://anywhere.example");
        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    private static Predicate<OpenApiSecurityRequirement> Names(string scheme) => requirement => requirement.Keys.Any(key => key.Reference.Id == scheme);

    private IEnumerable<RouteEndpoint> Endpoints() => documented.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(route => Prefixes.Any(PathOf(route).StartsWith) && route.Metadata.GetMetadata<IHttpMethodMetadata>() is not null); // else it is a page

    private static Type[] ArgumentsOf(RouteEndpoint route) =>
        [.. (route.Metadata.GetMetadata<System.Reflection.MethodInfo>()?.GetParameters() ?? []).Select(parameter => parameter.ParameterType)];

    private static IEnumerable<string> Methods(RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD");

    private static string PathOf(RouteEndpoint route) => Parameter().Replace("/" + route.RoutePattern.RawText!.Trim('/'), "{$1}");

    private IEnumerable<(string Method, string Path, OpenApiOperation Value)> Operations() =>
        documented.Document.Paths.SelectMany(path => path.Value.Operations!.Select(operation => (operation.Key.Method, path.Key, operation.Value)));

    private OpenApiOperation Operation(string method, string path) => Operations().Single(operation => operation.Method == method && operation.Path == path).Value;

    [GeneratedRegex(@"\{\**(\w+)[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex InPath();

    /// <summary>The running server's document, read by the library's own reader.</summary>
    public sealed class Documented : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public ReadResult Read { get; private set; } = null!;

        public OpenApiDocument Document => Read.Document!;

        public async Task InitializeAsync()
        {
            Server = await TestServer.StartAsync();
            using var http = Server.CreateClient();
            Read = OpenApiDocument.Parse(await http.GetStringAsync("/openapi/v1.json"), OpenApiConstants.Json);
        }

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
