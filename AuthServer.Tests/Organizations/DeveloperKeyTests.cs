using System.Net;
using System.Text;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Organizations;

public sealed class DeveloperKeyTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Rest _nobody = null!;
    private Rest _key = null!;
    private JsonElement _registered;

    public async Task InitializeAsync()
    {
        _server = await Flows.StartAsync();
        _nobody = new Rest(_server);
        _registered = await _nobody.RegisterDeveloperAsync("Acme");
        _key = _nobody.As(_registered.GetProperty("apiKey").GetString());
    }

    public async Task DisposeAsync()
    {
        _nobody.Dispose();
        _key.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "application/json")]
    [InlineData("{}", "application/json")]
    public async Task A_rotated_key_is_dead_at_once_and_the_new_one_works(string? body, string? type)
    {
        using var http = _server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/developers/api-keys/rotate");
        request.Headers.Add("X-Api-Key", _registered.GetProperty("apiKey").GetString());
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, type!);
        (await _key.GetAsync("/developers/me")).Is(HttpStatusCode.OK);
        var rotated = (await RestAnswer.ReadAsync(await http.SendAsync(request))).Is(HttpStatusCode.OK).Json;

        (await _key.GetAsync("/developers/me")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        using var next = _nobody.As(rotated.GetProperty("apiKey").GetString());
        var me = (await next.GetAsync("/developers/me")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(rotated.GetProperty("key").GetProperty("id").GetString(), me.GetProperty("key").GetProperty("id").GetString());
        Assert.Equal("admin", me.GetProperty("key").GetProperty("role").GetString());
        Assert.Equal(_server.Clock.Now, rotated.GetProperty("previousKeyExpiresAt").GetDateTimeOffset());
        Assert.Single(await _server.TrailAsync("developer_key.rotated"));
    }

    [Fact]
    public async Task With_an_overlap_both_work_until_it_ends()
    {
        var rotated = (await _key.PostAsync("/developers/api-keys/rotate", new { overlapSeconds = 60 })).Is(HttpStatusCode.OK).Json;
        using var next = _nobody.As(rotated.GetProperty("apiKey").GetString());

        (await _key.GetAsync("/developers/me")).Is(HttpStatusCode.OK);
        (await next.GetAsync("/developers/me")).Is(HttpStatusCode.OK);
        (await _key.PostAsync("/developers/api-keys/rotate")).Is(HttpStatusCode.Conflict, "rotated");
        _server.Clock.Advance(TimeSpan.FromSeconds(60));
        (await _key.GetAsync("/developers/me")).Is(HttpStatusCode.Unauthorized);
        (await next.GetAsync("/developers/me")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_key_prolongs_its_own_life()
    {
        var expiresAt = _server.Clock.Now.AddMinutes(2);
        var made = (await _key.PostAsync("/developers/api-keys", new { name = "Short", expiresAt })).Is(HttpStatusCode.Created).Json;
        using var shortLived = _nobody.As(made.GetProperty("apiKey").GetString());
        var rotated = (await shortLived.PostAsync("/developers/api-keys/rotate", new { overlapSeconds = 604800 })).Is(HttpStatusCode.OK).Json;

        Assert.Equal(expiresAt, rotated.GetProperty("key").GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(expiresAt, rotated.GetProperty("previousKeyExpiresAt").GetDateTimeOffset());
        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        using var next = _nobody.As(rotated.GetProperty("apiKey").GetString());
        (await shortLived.GetAsync("/developers/me")).Is(HttpStatusCode.Unauthorized);
        (await next.GetAsync("/developers/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_person_cannot_rotate_without_the_key_itself()
    {
        using var person = _nobody.As(_registered.GetProperty("token").GetString());
        (await person.PostAsync("/developers/api-keys/rotate")).Is(HttpStatusCode.BadRequest, "key_missing");
        (await _nobody.PostAsync("/developers/api-keys/rotate")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory]
    [InlineData("""{"overlapSeconds":-1}""", "overlapSeconds")]
    [InlineData("""{"overlapSeconds":604801}""", "overlapSeconds")]
    [InlineData("""{"overlapSeconds":"60"}""", "overlapSeconds")]
    public async Task An_impossible_overlap_is_refused_and_the_key_goes_on(string body, string field)
    {
        var answer = (await _key.PostAsync("/developers/api-keys/rotate", JsonDocument.Parse(body).RootElement)).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _));
        (await _key.GetAsync("/developers/me")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keys_are_made_listed_and_revoked_and_none_can_do_more_than_its_maker()
    {
        var made = (await _key.PostAsync("/developers/api-keys", new { name = "CI", role = "developer" })).Is(HttpStatusCode.Created);
        var id = made.Json.GetProperty("key").GetProperty("id").GetString();
        Assert.Equal($"/api/v1/developers/api-keys/{id}", made.Response.Headers.Location?.ToString());
        using var developer = _nobody.As(made.Json.GetProperty("apiKey").GetString());
        (await developer.PostAsync("/developers/api-keys", new { name = "More" })).Is(HttpStatusCode.Forbidden, "role");
        (await developer.DeleteAsync("/developers/api-keys/" + id)).Is(HttpStatusCode.Forbidden, "role");
        (await _key.PostAsync("/developers/api-keys", new { name = "Too much", role = "owner" })).Is(HttpStatusCode.BadRequest, "invalid_request");

        var list = (await _key.GetAsync("/developers/api-keys")).Is(HttpStatusCode.OK);
        Assert.Equal(2, list.Json.GetProperty("meta").GetProperty("total").GetInt32());
        Assert.DoesNotContain(made.Json.GetProperty("apiKey").GetString()!, list.Text, StringComparison.Ordinal);

        (await _key.DeleteAsync("/developers/api-keys/" + id)).Is(HttpStatusCode.NoContent);
        (await developer.GetAsync("/developers/me")).Is(HttpStatusCode.Unauthorized);
        (await _key.DeleteAsync("/developers/api-keys/" + id)).Is(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(1, (await _key.GetAsync("/developers/api-keys")).Json.GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"x","role":"king"}""", "role")]
    [InlineData("""{"name":"x","role":4}""", "role")]
    [InlineData("""{"name":"x","expiresAt":"2001-01-01T00:00:00Z"}""", "expiresAt")]
    public async Task A_key_that_cannot_be_is_refused_with_its_field(string body, string field)
    {
        var answer = (await _key.PostAsync("/developers/api-keys", JsonDocument.Parse(body).RootElement)).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
    }

    [Fact]
    public async Task Another_organizations_keys_are_not_there()
    {
        using var other = _nobody.As((await _nobody.RegisterDeveloperAsync("Other")).GetProperty("apiKey").GetString());
        var id = (await _key.GetAsync("/developers/me")).Json.GetProperty("key").GetProperty("id").GetString();

        (await other.DeleteAsync("/developers/api-keys/" + id)).Is(HttpStatusCode.NotFound, "not_found");
        Assert.DoesNotContain(id!, (await other.GetAsync("/developers/api-keys")).Text, StringComparison.Ordinal);
        (await _key.GetAsync("/developers/me")).Is(HttpStatusCode.OK);
    }
}
