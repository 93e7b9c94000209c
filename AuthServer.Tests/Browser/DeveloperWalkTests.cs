using System.Net;
using System.Text.Json;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>From nothing to the first token of an agent, in a real browser that runs no scripts, on a phone, a tablet and a desk.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class DeveloperWalkTests(Chromium chromium)
{
    [Theory]
    [ClassData(typeof(Screens))]
    public async Task Somebody_signs_up_makes_an_organization_and_an_agent_and_gets_its_first_token(int width, ColorScheme scheme)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);
        await Screens.SetAsync(visit.Page, width, scheme);
        await TokenAsync(visit);

        await visit.FollowAsync("First steps");
        await Assertions.Expect(visit.Page.Locator(".checklist > .done")).ToHaveCountAsync(3);
        await Screens.AssertFitsAsync(visit.Page);
    }

    [Theory]
    [ClassData(typeof(Screens))]
    public async Task Somebody_signs_up_and_makes_a_policy_that_refuses_what_the_agent_does(int width, ColorScheme scheme)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);
        await Screens.SetAsync(visit.Page, width, scheme);
        var token = await TokenAsync(visit);
        Assert.True((await VerifyAsync(visit, token)).GetProperty("allowed").GetBoolean());
        await visit.GoAsync("/developer/policies");
        await visit.FollowAsync("New policy");
        await visit.Page.GetByLabel("Name").FillAsync("Nothing at all");
        await visit.Page.GetByLabel("Forbids").CheckAsync();
        await Screens.AssertFitsAsync(visit.Page);
        await visit.PressAsync("Make it");

        await AssertRefusedAsync(visit, token);
        await Screens.AssertFitsAsync(visit.Page);
    }

    [Fact]
    public async Task The_policy_is_made_with_the_keyboard_alone()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        var token = await TokenAsync(visit);
        await visit.GoAsync("/developer/policies");
        await visit.Page.PressByKeyAsync("New policy");
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "New policy", Level = 1 }).WaitForAsync();
        await visit.Page.TabToAsync("Name");
        await visit.Page.Keyboard.TypeAsync("Nothing at all");
        await visit.Page.TabToAsync("Sets conditions");
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        await visit.Page.PressByKeyAsync("Make it");

        await AssertRefusedAsync(visit, token);
    }

    [Fact]
    public async Task An_address_is_judged_while_the_form_is_filled_in_where_scripts_run()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.SignInAsync((await visit.Site.OrganizationAsync()).Owner, Tests.Support.Rest.Password);
        await visit.GoAsync("/developer/applications/new?kind=web");
        var field = visit.Page.GetByLabel("Redirect URIs");
        await field.FillAsync("http://a.example/cb");
        await field.BlurAsync();
        await Assertions.Expect(visit.Page.Locator(".field .fault")).ToContainTextAsync("must use https");
        await field.FillAsync("https://a.example/cb");
        await field.BlurAsync();
        await Assertions.Expect(visit.Page.Locator(".field .fault")).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Page.Locator(".notice-danger")).ToHaveCountAsync(0);
    }

    /// <summary>Somebody new makes an organization and an agent, and does what the page says: the token that comes of it.</summary>
    private static async Task<JsonElement> TokenAsync(Visit visit)
    {
        await PageStates.RegisterAsync(visit);
        await visit.GoAsync("/developer");
        await visit.Page.GetByLabel("Name of the organization").FillAsync("Walkers");
        await visit.PressAsync("Make it");
        await visit.FollowAsync("Make your first agent");
        await visit.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("Release notes");
        await visit.PressAsync("Make the agent");

        var command = await visit.Page.Locator("#command").TextContentAsync();
        using var http = new HttpClient();
        using var answer = await http.SendAsync(Request(command!));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement> VerifyAsync(Visit visit, JsonElement token)
    {
        using var rest = visit.Site.Rest();
        var asked = new { token = token.GetProperty("access_token").GetString(), requiredScopes = token.GetProperty("scope").GetString()!.Split(' ') };
        return (await rest.PostAsync("/tokens/verify", asked)).Is(HttpStatusCode.OK).Json;
    }

    private static async Task AssertRefusedAsync(Visit visit, JsonElement token)
    {
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing at all", Level = 1 }).WaitForAsync();
        var verified = await VerifyAsync(visit, token);
        Assert.Equal((false, "policy_denies"), (verified.GetProperty("allowed").GetBoolean(), verified.GetProperty("reasonCode").GetString()));
    }

    /// <summary>What the command on the page asks for.</summary>
    private static HttpRequestMessage Request(string command)
    {
        var words = command.Split(' ');
        var (address, client, form) = (words[2], words[Array.IndexOf(words, "-u") + 1], words[Array.IndexOf(words, "-d") + 1].Split('='));
        return new HttpRequestMessage(HttpMethod.Post, address)
        {
            Headers = { Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(client))) },
            Content = new FormUrlEncodedContent([new(form[0], form[1])]),
        };
    }
}
