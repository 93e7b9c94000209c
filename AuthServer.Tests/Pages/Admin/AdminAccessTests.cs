using System.Net;
using AuthServer.Accounts;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Admin;

/// <summary>Who gets into the pages for administrators, whatever pages there are.</summary>
public sealed class AdminAccessTests(AdminSide side) : IClassFixture<AdminSide>
{
    private IReadOnlyList<string> Pages => [.. side.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Where(route => route.StartsWith("/admin", StringComparison.Ordinal))];

    [Fact]
    public async Task Whoever_is_no_administrator_finds_none_of_the_pages()
    {
        using var nobody = new TestBrowser(side.Server);
        using var ada = await side.SignInAsync(Flows.Email);
        Assert.True(Pages.Count >= 10);
        foreach (var page in Pages.Select(page => page.Replace("{id}", "x", StringComparison.Ordinal)))
        {
            await nobody.GoAsync(page);
            Assert.Equal("/sign-in", nobody.Address.AbsolutePath);
            await ada.GoAsync(page);
            Assert.Equal(HttpStatusCode.NotFound, ada.Response.StatusCode);
        }
    }

    [Fact]
    public async Task A_forged_form_changes_nothing()
    {
        var (id, _) = await side.PersonAsync();
        using var ada = await side.SignInAsync(Flows.Email);
        await ada.GoAsync("/account/password");
        var form = BrowserSide.Form(ada);
        await ada.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"/admin/people/{id}?ask=disable")) { Content = form });
        Assert.Equal(HttpStatusCode.NotFound, ada.Response.StatusCode);

        using var admin = await side.AdminAsync();
        await admin.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"/admin/people/{id}?ask=disable")) { Content = new FormUrlEncodedContent([]) });
        Assert.False(await side.Server.QueryAsync(context => context.Users.Where(row => row.Id == id).Select(row => row.Disabled).SingleAsync()));
        Assert.DoesNotContain(await side.Server.TrailAsync(AccountEvents.Disabled), row => row.Target == id);
    }

    [Fact]
    public async Task Who_signed_in_long_ago_types_their_password_before_anything_is_done()
    {
        var (id, _) = await side.PersonAsync();
        using var admin = await side.AdminAsync();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await admin.GoAsync($"/admin/people/{id}?ask=disable");
        await admin.SubmitAsync(new() { ["Password"] = "not the password of admin" }, "Disable it");
        Assert.Contains("This is not your password", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(await side.Server.TrailAsync(AccountEvents.Disabled), row => row.Target == id);

        await admin.SubmitAsync(new() { ["Password"] = Flows.Password }, "Disable it");
        Assert.Contains("The account is disabled", admin.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/admin/people/usr_1?ask=disable", "/admin/people/usr_1?ask=disable")]
    [InlineData("/admin", "/admin")]
    [InlineData("/admins", "/account")]
    [InlineData("//admin.example/admin", "/account")]
    [InlineData("/admin/../../evil@example.com", "/account")]
    [InlineData("/admin\\evil", "/account")]
    public async Task Signing_in_again_leads_back_to_a_page_of_ours_and_nowhere_else(string again, string expected)
    {
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in?again=" + Uri.EscapeDataString(again));
        await browser.SignInAsync(AdminSide.Email, Flows.Password);

        Assert.Equal(expected, browser.Address.PathAndQuery);
    }

    [Fact]
    public async Task The_first_page_says_what_is_wrong_first()
    {
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin");

        Assert.Contains("No mail is sent", admin.Text, StringComparison.Ordinal);
        Assert.Contains("AuthServer:Bootstrap:AdminPassword", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Flows.Password, admin.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/admin/people", "Email", "late@example.com", "Make the link", "The invitation is made")]
    [InlineData("/admin/organizations/", "Days", "77", "Set it", "The time is set.")]
    public async Task What_was_typed_waits_for_who_has_to_sign_in_again(string page, string field, string typed, string button, string done)
    {
        page += page.EndsWith('/') ? (await OrganizationSide.CreateAsync(side.Server)).Id : "";
        var (id, email) = await side.PersonAsync();
        await side.Server.QueryAsync(context => context.Users.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsAdministrator, true)));
        using var first = await side.SignInAsync(email);
        var (app, _) = await StrongSide.EnrolAsync(side.Server, first);
        using var admin = await StrongSide.FirstStepAsync(side.Server, email, "/sign-in?again=" + Uri.EscapeDataString(page));
        await admin.SecondStepAsync(app.Code());
        BrowserSide.AssertAt(admin, page);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await admin.SubmitAsync(new() { [field] = typed }, button);
        Assert.Equal("/sign-in", admin.Address.AbsolutePath);
        Assert.Contains("you come back to it", admin.Text, StringComparison.Ordinal);

        await admin.SignInAsync(email, Flows.Password);
        await admin.SecondStepAsync(app.Code());
        Assert.Equal(page, admin.Address.PathAndQuery);
        Assert.Contains("What you typed is kept", admin.Text, StringComparison.Ordinal);
        await admin.SubmitAsync(button: "Send it now");
        Assert.Contains(done, admin.Text, StringComparison.Ordinal);
    }
}
