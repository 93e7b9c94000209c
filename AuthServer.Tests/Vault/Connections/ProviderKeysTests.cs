using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Support.AgentSide;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary><c>/credentials</c>, as the document shows it: the second door to the connections by API key.</summary>
public sealed class ProviderKeysTests(ConnectionSide side) : IClassFixture<ConnectionSide>
{
    private const string Keys = "/credentials";

    [Fact]
    public async Task The_seeds_requests_store_keys_and_answer_what_is_masked()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var empty = await acme.GetAsync(Keys);
        Assert.False(empty.GetProperty("hasOpenaiApiKey").GetBoolean());
        Assert.Equal(JsonValueKind.Null, empty.GetProperty("googleApiKeyLast4").ValueKind);

        var first = await acme.AskAsync(HttpMethod.Put, Keys, """{ "openaiApiKey": "sk-...", "anthropicApiKey": "sk-ant-..." }""");
        Assert.True(first.GetProperty("hasOpenaiApiKey").GetBoolean());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("openaiApiKeyLast4").ValueKind); // too short to say any
        var second = await acme.AskAsync(HttpMethod.Put, Keys, """{ "openaiApiKey": "sk-new-key-here...", "anthropicApiKey": "sk-ant-new-key..." }""");
        Assert.Equal(("e...", "y..."), (Text(second, "openaiApiKeyLast4"), Text(second, "anthropicApiKeyLast4")));
        Assert.True(second.TryGetProperty("updatedAt", out _));
        Assert.False(second.GetProperty("hasGoogleApiKey").GetBoolean());
        Assert.Equal(second.GetRawText(), (await acme.GetAsync(Keys)).GetRawText());
        Assert.DoesNotContain("sk-", second.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(2, (await side.Server.TrailAsync(ConnectionEvents.CredentialsUpdated)).Count(row => row.OrganizationId == acme.Id));
    }

    [Fact]
    public async Task A_list_opens_no_secret_of_what_it_shows()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        await acme.AskAsync(HttpMethod.Put, Keys, new { openaiApiKey = "sk-0123456789abcd12", twilioAccountSid = "AC0123456789abcdef0123456789abcdef", twilioAuthToken = "0123456789abcdef0123456789abcdef" });
        await side.CreateAsync(by: acme);
        var (list, summary) = (await acme.GetAsync(Route), await acme.GetAsync(Keys));
        Assert.Equal(3, list.GetProperty("data").GetArrayLength());
        Assert.All(list.GetProperty("data").EnumerateArray(), item => Assert.True(item.GetProperty("has_secret").GetBoolean() && !item.TryGetProperty("missing", out _)));
        Assert.Equal(("cd12", "cdef"), (Text(summary, "openaiApiKeyLast4"), Text(summary, "twilioAuthTokenLast4")));

        // What does not open any more is listed as before. One by one it shows, where it is opened.
        await side.Server.QueryAsync(context => context.Connections.Where(row => row.OrganizationId == acme.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Secret, "damaged")));
        Assert.Equal(list.GetRawText(), (await acme.GetAsync(Route)).GetRawText());
        Assert.Equal(summary.GetRawText(), (await acme.GetAsync(Keys)).GetRawText());
        foreach (var item in list.GetProperty("data").EnumerateArray())
        {
            Assert.True((await acme.GetAsync(Path(Id(item)))).TryGetProperty("missing", out _));
        }
    }

    [Fact]
    public async Task A_key_and_the_connection_of_its_provider_are_one_store_with_two_doors()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        await acme.AskAsync(HttpMethod.Put, Keys, new { openaiApiKey = "sk-0123456789abcd12" });
        var id = Assert.Single(await side.IdsAsync("?provider=openai", acme));
        var connection = await acme.GetAsync(Path(id));
        Assert.Equal(("api_key", "active", "cd12", true), (Text(connection, "auth_type"), Text(connection, "status"), Text(connection, "secret_last4"), connection.GetProperty("is_default").GetBoolean()));

        (await side.PatchAsync(id, new { credentials = new { api_key = "sk-fedcba98765432ef34" } }, acme)).Is(HttpStatusCode.OK);
        Assert.Equal("ef34", Text(await acme.GetAsync(Keys), "openaiApiKeyLast4"));
        var made = await side.CreateAsync(new { provider = "sendgrid", name = "Mail", credentials = new { api_key = "SG.0123456789wxyz" } }, acme);
        Assert.Equal("wxyz", Text(await acme.GetAsync(Keys), "sendgridApiKeyLast4"));

        await acme.AskAsync(HttpMethod.Put, Keys, new { sendgridApiKey = "SG.0123456789jklm" });
        Assert.Equal("jklm", Text(await acme.GetAsync(Path(Id(made))), "secret_last4"));
        var deleted = await acme.AskAsync(HttpMethod.Put, Keys, """{ "sendgridApiKey": null }""");
        Assert.False(deleted.GetProperty("hasSendgridApiKey").GetBoolean());
        Assert.True(deleted.GetProperty("hasOpenaiApiKey").GetBoolean());
        var without = await acme.GetAsync(Path(Id(made)));
        Assert.Equal(("inactive", false), (Text(without, "status"), without.GetProperty("has_secret").GetBoolean()));
        await acme.AskAsync(HttpMethod.Put, Keys, new { sendgridApiKey = "SG.0123456789jklm" });
        Assert.Equal("active", Text(await acme.GetAsync(Path(Id(made))), "status"));
        Assert.Equal(2, (await side.IdsAsync("?auth_type=api_key", acme)).Length);
    }

    [Fact]
    public async Task A_key_of_several_parts_is_in_service_when_all_are_there_and_stays_out_of_it_where_somebody_said_so()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        await acme.AskAsync(HttpMethod.Put, Keys, new { datadogApiKey = "0123456789abcdef0123456789abcdef" });
        var id = Assert.Single(await side.IdsAsync("?provider=datadog", acme));
        Assert.Equal("draft", Text(await acme.GetAsync(Path(id)), "status"));
        await acme.AskAsync(HttpMethod.Put, Keys, new { datadogApplicationKey = "fedcba9876543210" });
        Assert.Equal("draft", Text(await acme.GetAsync(Path(id)), "status"));
        (await side.TryAsync(HttpMethod.Post, Path(id, "/activate"), by: acme)).Is(HttpStatusCode.OK);
        (await side.TryAsync(HttpMethod.Post, Path(id, "/deactivate"), by: acme)).Is(HttpStatusCode.OK);
        await acme.AskAsync(HttpMethod.Put, Keys, new { datadogApplicationKey = "another-one" });
        Assert.Equal("inactive", Text(await acme.GetAsync(Path(id)), "status"));
    }

    [Theory]
    [InlineData("""{"openAiKey":"sk-0123456789"}""", "openAiKey")]
    [InlineData("""{"openaiApiKey":7}""", "openaiApiKey")]
    [InlineData("""{"openaiApiKey":""}""", "openaiApiKey")]
    [InlineData("""{"openaiApiKey":"another form"}""", "openaiApiKey")]
    [InlineData("""{"anthropicApiKey":"sk-ant-admin-0123456789"}""", "anthropicApiKey")]
    [InlineData("""{"hasOpenaiApiKey":true}""", "hasOpenaiApiKey")]
    public async Task What_is_no_key_is_refused_by_its_name_and_nothing_is_stored(string body, string name)
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var text = body.Insert(1, "\"googleApiKey\":\"AIza0123456789abcd\",");
        var answer = (await side.TryAsync(HttpMethod.Put, Keys, text, acme)).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(name, out _), answer.Text);
        Assert.DoesNotContain("0123456789", answer.Text, StringComparison.Ordinal);
        Assert.False((await acme.GetAsync(Keys)).GetProperty("hasGoogleApiKey").GetBoolean());
    }

    [Fact]
    public async Task Members_see_what_is_masked_admins_change_it_and_agents_do_neither()
    {
        var (auditor, developer) = (await side.ColleagueAsync(Role.Auditor), await side.ColleagueAsync(Role.Developer));
        (await side.TryAsync(HttpMethod.Get, Keys, by: auditor)).Is(HttpStatusCode.OK);
        (await side.TryAsync(HttpMethod.Put, Keys, new { openaiApiKey = "sk-0123456789" }, developer)).Is(HttpStatusCode.Forbidden, "role");
        using var nobody = side.Server.CreateClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(Keys)).StatusCode);
    }

    [Fact]
    public void Every_part_of_every_providers_key_has_a_name() => Assert.Equal(
        ShippedProviders.All.Where(provider => provider.ApiKey is not null).SelectMany(provider => provider.ApiKey!.Fields.Select(field => (provider.Id, field.Name))).Order(),
        ProviderKeyName.All.Select(name => (name.Provider, name.Field)).Order());
}
