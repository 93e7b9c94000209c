using System.Net;
using System.Text.RegularExpressions;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages.Reading;

/// <summary>Programs get the same bytes, whatever language their caller reads.</summary>
public sealed partial class SameBytesTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/api/v1/agents")]
    [InlineData("/api/v1/scopes")]
    [InlineData("/api/v1/agents/agt_nothing")]
    [InlineData("/api/v1/audit/export?format=csv&type=agent.created")]
    [InlineData("/api/v1/audit/export?format=ndjson&type=agent.created")]
    public async Task Answers_of_the_API_and_exports_are_in_no_language(string path)
    {
        var key = (await side.Nobody.RegisterDeveloperAsync("Acme 1.5")).GetProperty("apiKey").GetString()!;
        (await side.Nobody.As(key).PostAsync("/agents", new { name = "Counter", allowedScopes = new[] { "email:read" } })).Is(HttpStatusCode.Created);

        var english = await ReadAsync(path, key, "en");
        Assert.NotEmpty(english);
        Assert.Equal(english, await ReadAsync(path, key, "de"));
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_id=nobody&client_secret=wrong")]
    [InlineData("grant_type=no_such_grant")]
    [InlineData("")]
    public async Task The_token_endpoint_refuses_in_no_language(string form)
    {
        var answers = new List<string>();
        foreach (var language in new[] { "en", "de" })
        {
            using var http = side.Server.CreateClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token?ui_locales=" + language) { Content = new StringContent(form, null, "application/x-www-form-urlencoded") };
            request.Headers.TryAddWithoutValidation("Accept-Language", language);
            using var answer = await http.SendAsync(request);
            answers.Add($"{answer.StatusCode} {answer.Content.Headers.ContentLanguage.Count} {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.Equal(answers[0], answers[1]);
    }

    private async Task<string> ReadAsync(string path, string key, string language)
    {
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        request.Headers.TryAddWithoutValidation("X-Api-Key", key);
        using var answer = await http.SendAsync(request);
        return Numbers().Replace($"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}", "$1");
    }

    // Each request has a number of its own.
    [GeneratedRegex("(\"(?:traceId|correlationId|correlation_id|instance)\":)\"[^\"]*\"")]
    private static partial Regex Numbers();
}
