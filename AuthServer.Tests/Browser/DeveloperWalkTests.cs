using System.Net;
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
        await visit.FollowAsync("First steps");
        await Assertions.Expect(visit.Page.Locator(".checklist > .done")).ToHaveCountAsync(3);
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
