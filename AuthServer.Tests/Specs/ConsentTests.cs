using AuthServer.Consents;
using AuthServer.Data.OpenIddict;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §10.2, RFC 9700 and OIDC Core §3.1.2.4: when a person is asked, and when an earlier answer will do.</summary>
public sealed class ConsentTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    [Trait("negative", "19")]
    public async Task An_answer_is_remembered_for_the_same_client_at_the_same_host_and_no_more_than_was_granted()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "twin", Flows.WebRedirect, ("scope", "openid profile email"));
        await browser.SubmitAsync(button: "Allow");

        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "twin", Flows.WebRedirect, ("scope", "openid profile email"))).Keys);
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "twin", Flows.WebRedirect, ("scope", "openid"))).Keys);
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "twin", Flows.WebRedirect + "/other", ("scope", "openid"))).Keys);
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "twin", Flows.WebRedirect, ("scope", "openid"), ("prompt", "none"))).Keys);

        await BrowserSide.AskAsync(browser, "/consent", "twin", Flows.WebRedirect, ("scope", "openid phone"));
        await BrowserSide.AskAsync(browser, "/consent", "twin", BrowserSide.OtherHost, ("scope", "openid"));
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid"));
        await BrowserSide.AskAsync(browser, "/consent", "twin", Flows.WebRedirect, ("scope", "openid"), ("resource", Flows.Api));
        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(browser, "twin", BrowserSide.OtherHost, ("scope", "openid"), ("prompt", "none")))["error"]);
    }

    [Fact]
    [Trait("negative", "19")]
    public async Task An_answer_for_some_resources_is_none_for_others_or_for_the_server_itself()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "twin", Flows.WebRedirect, ("scope", "openid things.read"), ("resource", Flows.Api));
        await browser.SubmitAsync(button: "Allow");

        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "twin", Flows.WebRedirect, ("scope", "things.read"), ("resource", Flows.Api))).Keys);
        await BrowserSide.AskAsync(browser, "/consent", "twin", Flows.WebRedirect, ("scope", "things.read"), ("resource", Flows.Other));
        await BrowserSide.AskAsync(browser, "/consent", "twin", Flows.WebRedirect, ("scope", "things.read"), ("resource", Flows.Api), ("resource", Flows.Other));
        await BrowserSide.AskAsync(browser, "/consent", "twin", Flows.WebRedirect, ("scope", "things.read"));
    }

    [Fact]
    [Trait("negative", "19")]
    public async Task An_answer_expires()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        await browser.SubmitAsync(button: "Allow");

        side.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect)).Keys);
        side.Clock.Advance(TimeSpan.FromMinutes(1));
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("prompt", "none")))["error"]);
    }

    [Fact]
    [Trait("negative", "19")]
    public async Task An_answer_of_one_person_is_none_of_another()
    {
        using var first = await side.NewcomerAsync();
        await BrowserSide.AskAsync(first, "/consent", "web", Flows.WebRedirect);
        await first.SubmitAsync(button: "Allow");

        using var second = await side.NewcomerAsync();
        await BrowserSide.AskAsync(second, "/consent", "web", Flows.WebRedirect);
    }

    [Fact]
    public async Task Prompt_consent_asks_again_and_a_refusal_then_counts()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        await browser.SubmitAsync(button: "Allow");

        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("prompt", "consent"));
        await browser.SubmitAsync(button: "Deny");

        Assert.Equal("access_denied", BrowserSide.Answer(browser)["error"]);
    }

    [Theory]
    [Trait("negative", "19")]
    [InlineData("app", BrowserSide.LoopbackRedirect)]
    [InlineData("app", BrowserSide.PrivateRedirect)]
    [InlineData("local", "http://localhost:4000/callback")]
    [InlineData("implicit-app", BrowserSide.LoopbackRedirect)]
    public async Task A_client_that_any_program_can_pose_as_is_asked_for_every_time(string client, string redirectUri)
    {
        using var browser = await side.NewcomerAsync();
        for (var i = 0; i < 2; i++)
        {
            await BrowserSide.AskAsync(browser, "/consent", client, redirectUri);
            Assert.Contains("Nobody vouches for this application", browser.Text, StringComparison.Ordinal);
            await browser.SubmitAsync(button: "Allow");
            Assert.Contains("code", BrowserSide.Answer(browser).Keys);
        }

        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(browser, client, redirectUri, ("prompt", "none")))["error"]);
        var subject = await BrowserSide.SubjectAsync(browser);
        Assert.Equal(["ad-hoc"], await side.Server.QueryAsync(context => context.Authorizations.Where(row => row.Subject == subject).Select(row => row.Type!).Distinct().ToListAsync()));
    }

    [Fact]
    [Trait("negative", "19")]
    public async Task A_public_client_at_an_https_address_and_a_client_with_a_secret_on_loopback_are_remembered()
    {
        using var browser = await side.NewcomerAsync();
        foreach (var (client, redirectUri) in new[] { ("spa", "https://spa.example/callback"), ("loopback-web", BrowserSide.LoopbackRedirect) })
        {
            await BrowserSide.AskAsync(browser, "/consent", client, redirectUri);
            await browser.SubmitAsync(button: "Allow");

            Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, client, redirectUri)).Keys);
        }
    }

    [Fact]
    [Trait("negative", "19")]
    public async Task Consent_type_systematic_asks_every_time()
    {
        using var browser = await side.NewcomerAsync();
        for (var i = 0; i < 2; i++)
        {
            await BrowserSide.AskAsync(browser, "/consent", "systematic", Flows.WebRedirect);
            Assert.Contains("not remembered", browser.Text, StringComparison.Ordinal);
            await browser.SubmitAsync(button: "Allow");
        }

        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(browser, "systematic", Flows.WebRedirect, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task Consent_type_implicit_asks_nobody_unless_the_client_wants_it()
    {
        using var browser = await side.NewcomerAsync();

        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect)).Keys);
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("prompt", "none"))).Keys);
        await BrowserSide.AskAsync(browser, "/consent", "implicit", Flows.WebRedirect, ("prompt", "consent"));

        // The operator's consent is one record, not one for each request.
        var subject = await BrowserSide.SubjectAsync(browser);
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Authorizations.CountAsync(row => row.Subject == subject)));
        Assert.Equal(["operator"], (await side.Server.TrailAsync("consent.granted")).Where(row => row.Subject == subject).Select(row => row.Reason));
    }

    [Fact]
    public async Task Consent_type_external_asks_nobody_and_needs_a_grant_made_elsewhere()
    {
        using var browser = await side.NewcomerAsync();
        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(browser, "external", Flows.WebRedirect))["error"]);
        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(browser, "external", Flows.WebRedirect, ("prompt", "none")))["error"]);

        var subject = await BrowserSide.SubjectAsync(browser);
        await GrantAsync("external", subject);

        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "external", Flows.WebRedirect, ("scope", "openid"))).Keys);
        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(browser, "external", Flows.WebRedirect, ("scope", "openid email")))["error"]);
    }

    private Task<int> GrantAsync(string clientId, string subject) => side.Server.QueryAsync(async context =>
    {
        var application = await context.Applications.SingleAsync(row => row.ClientId == clientId);
        context.Authorizations.Add(new OpenIddictAuthorization
        {
            Id = "con_elsewhere",
            ApplicationId = application.Id,
            Subject = subject,
            Status = "valid",
            Type = "permanent",
            Scopes = "[\"openid\"]",
            CreationDate = DateTime.UtcNow,
        });
        context.Consents.Add(new Consent { AuthorizationId = "con_elsewhere", ApplicationId = application.Id, Subject = subject, RedirectHost = "https://client.example" });
        return await context.SaveChangesAsync();
    });
}
