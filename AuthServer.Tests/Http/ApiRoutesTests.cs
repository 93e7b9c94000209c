using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Http;

/// <summary>What no handler of the REST API answers is answered as a problem too.</summary>
public sealed class ApiRoutesTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("GET", "/api/v1/nothing", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/api/v1/agents/a/b/c/d", HttpStatusCode.NotFound, "not_found")]
    [InlineData("PUT", "/api/v1/agents", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "/access/v1/evaluation", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("POST", "/api/v1/tokens/verify", HttpStatusCode.UnsupportedMediaType, "content_type")]
    public async Task A_route_method_or_content_type_that_is_not_there_is_a_problem(string method, string path, HttpStatusCode status, string code)
    {
        using var http = _server.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : new FormUrlEncodedContent([]) };
        using var response = await http.SendAsync(request);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((status, "application/problem+json", code), (response.StatusCode, response.Content.Headers.ContentType?.MediaType, problem.GetProperty("code").GetString()));
        Assert.Equal(status == HttpStatusCode.MethodNotAllowed, response.Content.Headers.Allow.Count > 0);
    }
}
