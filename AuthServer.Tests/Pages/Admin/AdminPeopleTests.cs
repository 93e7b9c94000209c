using System.Net;
using AuthServer.Accounts;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Admin;

public sealed class AdminPeopleTests(AdminSide side) : IClassFixture<AdminSide>
{
    [Fact]
    public async Task A_disabled_person_is_signed_out_and_cannot_come_back_until_enabled()
    {
        var (id, email) = await side.PersonAsync();
        using var person = await side.SignInAsync(email);
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/people/{id}?ask=disable", "Disable it");
        await side.AssertToldAsync(AccountEvents.Disabled, id);
        await person.GoAsync("/account");
        Assert.Equal("/sign-in", person.Address.AbsolutePath);
        await person.SignInAsync(email, Flows.Password);
        Assert.Equal("/sign-in", person.Address.AbsolutePath);

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await AdminSide.DoAsync(admin, $"/admin/people/{id}?ask=enable", "Enable it");
        await side.AssertToldAsync(AccountEvents.Enabled, id);
        using var again = await side.SignInAsync(email);
        Assert.Equal("/account", again.Address.AbsolutePath);
    }

    [Fact]
    public async Task The_invitations_of_somebody_who_is_disabled_are_taken_back_and_stay_so()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var gone = await organization.ColleagueAsync(Role.Admin);
        var (bad, good) = (await JoinAsync(gone), await JoinAsync(organization));
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/people/{gone.UserId}?ask=disable", "Disable it");
        await AssertGoodAsync(false, bad);
        await AdminSide.DoAsync(admin, $"/admin/people/{gone.UserId}?ask=enable", "Enable it");
        await AssertGoodAsync(false, bad);
        await AssertGoodAsync(true, good);

        async Task<string> JoinAsync(OrganizationSide member) => (await member.AskAsync(
            HttpMethod.Post, $"/api/v1/organizations/{organization.Id}/invitations", new { email = $"{Guid.NewGuid():N}@example.com", role = "admin" }, HttpStatusCode.Created)).GetProperty("link").GetString()!;
    }

    [Theory]
    [InlineData("Invite", "disable", "Disable it")]
    [InlineData("Invite", "take-administrator", "Take it away")]
    [InlineData("Open", "disable", "Disable it")]
    public async Task A_link_to_this_server_is_good_while_whoever_gave_it_administers(string mode, string ask, string button)
    {
        await using var server = await Flows.StartAsync(
            ("AuthServer:Bootstrap:AdminEmail", AdminSide.Email), ("AuthServer:Bootstrap:AdminPassword", Flows.Password), ("AuthServer:SignUp:People", mode));
        var giver = User.Create("giver@example.com", "Giver", server.Clock.Now);
        (giver.NormalizedUserName, giver.NormalizedEmail, giver.IsAdministrator) = ("GIVER@EXAMPLE.COM", "GIVER@EXAMPLE.COM", true);
        giver.PasswordHash = await server.QueryAsync(context => context.Users.Where(row => row.Email == AdminSide.Email).Select(row => row.PasswordHash).SingleAsync());
        await server.QueryAsync(context =>
        {
            context.Users.Add(giver);
            return context.SaveChangesAsync();
        });
        using var admin = await SignInAsync(AdminSide.Email);
        using var other = await SignInAsync(giver.Email!);
        var (own, theirs) = (await LinkAsync(admin), await LinkAsync(other));
        await AssertGoodAsync(true, theirs, server);
        await AdminSide.DoAsync(admin, $"/admin/people/{giver.Id}?ask={ask}", button);
        await AssertGoodAsync(false, theirs, server);
        await AssertGoodAsync(true, own, server);

        async Task<TestBrowser> SignInAsync(string email)
        {
            var browser = new TestBrowser(server);
            await browser.GoAsync("/sign-in");
            await browser.SignInAsync(email, Flows.Password);
            return browser;
        }

        static async Task<string> LinkAsync(TestBrowser browser)
        {
            await browser.GoAsync("/admin/people");
            await browser.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com" }, "Make the link");
            return browser.Page.QuerySelector("pre code")!.TextContent;
        }
    }

    private async Task AssertGoodAsync(bool expected, string link, TestServer? server = null)
    {
        using var newcomer = new TestBrowser(server ?? side.Server);
        await newcomer.GoAsync(new Uri(link).PathAndQuery);
        Assert.Equal(!expected, newcomer.Text.Contains("This invitation is not good any more", StringComparison.Ordinal));
        Assert.Equal(expected, newcomer.Page.QuerySelector("#password") is not null);
    }

    [Fact]
    public async Task Signing_somebody_out_ends_all_their_sessions()
    {
        var (id, email) = await side.PersonAsync();
        using var person = await side.SignInAsync(email);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/people/{id}?ask=sign-out", "Sign them out");
        await side.AssertToldAsync(AuditEventTypes.UserSignedOut, id);
        await person.GoAsync("/account");

        Assert.Equal("/sign-in", person.Address.AbsolutePath);
    }

    [Fact]
    public async Task There_is_always_an_administrator_left()
    {
        var (id, email) = await side.PersonAsync();
        var adminId = await side.AdminIdAsync();
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/people/{adminId}?ask=take-administrator", "Take it away");
        Assert.Equal(HttpStatusCode.Conflict, admin.Response.StatusCode);
        Assert.Contains("This is the only administrator", admin.Text, StringComparison.Ordinal);

        await AdminSide.DoAsync(admin, $"/admin/people/{id}?ask=make-administrator", "Make them one");
        await side.AssertToldAsync(AccountEvents.AdministratorChanged, id);
        using var other = await side.SignInAsync(email);
        await other.GoAsync("/admin");
        Assert.Equal(HttpStatusCode.OK, other.Response.StatusCode);

        await AdminSide.DoAsync(admin, $"/admin/people/{id}?ask=take-administrator", "Take it away");
        await other.GoAsync("/admin");
        Assert.Equal(HttpStatusCode.NotFound, other.Response.StatusCode);
        await admin.GoAsync($"/admin/people/{adminId}?ask=disable");
        Assert.Equal($"/admin/people/{adminId}", admin.Address.PathAndQuery);
    }

    [Fact]
    public async Task The_last_administrator_hands_the_administration_over_before_they_remove_their_account()
    {
        await using var server = await Flows.StartAsync(("AuthServer:Bootstrap:AdminEmail", AdminSide.Email), ("AuthServer:Bootstrap:AdminPassword", Flows.Password));
        using var admin = new TestBrowser(server);
        await admin.GoAsync("/sign-in");
        await admin.SignInAsync(AdminSide.Email, Flows.Password);

        // Said before the password is asked for, and before a fresh sign-in is.
        server.Clock.Advance(TimeSpan.FromMinutes(6));
        await admin.GoAsync("/account/remove");
        Assert.Contains("You are the only administrator", admin.Text, StringComparison.Ordinal);
        Assert.NotNull(admin.Page.QuerySelector("main a[href='/admin/people']"));
        Assert.Null(admin.Page.QuerySelector("main input[name=Password]"));

        // Somebody else stops being one while the form stands open.
        await Administers(true);
        await admin.GoAsync("/sign-in?again=remove");
        await admin.SignInAsync(AdminSide.Email, Flows.Password);
        Assert.Equal("/account/remove", admin.Address.AbsolutePath);
        await Administers(false);
        await admin.SubmitAsync(new() { ["Password"] = Flows.Password }, "Remove my account");
        Assert.Equal(HttpStatusCode.Conflict, admin.Response.StatusCode);
        Assert.Contains("You are the only administrator", admin.Text, StringComparison.Ordinal);
        await admin.GoAsync("/admin");
        Assert.Equal(HttpStatusCode.OK, admin.Response.StatusCode);

        await Administers(true);
        await admin.GoAsync("/account/remove");
        await admin.SubmitAsync(new() { ["Password"] = Flows.Password }, "Remove my account");
        Assert.Contains("Your account is gone", admin.Text, StringComparison.Ordinal);

        Task<int> Administers(bool whether) => server.QueryAsync(context =>
            context.Users.Where(row => row.Email == Flows.Email).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsAdministrator, whether)));
    }

    [Fact]
    public async Task An_account_of_the_configuration_is_changed_there()
    {
        var id = await side.Server.QueryAsync(context => context.Users.Where(row => row.Email == Flows.Email).Select(row => row.Id).SingleAsync());
        using var admin = await side.AdminAsync();
        await admin.GoAsync($"/admin/people/{id}");
        Assert.Contains("The configuration made this account", admin.Text, StringComparison.Ordinal);
        await admin.GoAsync($"/admin/people/{id}?ask=disable");

        Assert.Equal($"/admin/people/{id}", admin.Address.PathAndQuery);
    }

    [Fact]
    public async Task An_invitation_is_a_link_that_is_shown_once_and_works()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/people");
        await admin.SubmitAsync(new() { ["Email"] = "no address" }, "Make the link");
        Assert.Contains("Enter an e-mail address", admin.Text, StringComparison.Ordinal);
        await admin.SubmitAsync(new() { ["Email"] = email }, "Make the link");
        var link = admin.Page.QuerySelector("pre code")!.TextContent;
        Assert.DoesNotContain(link, admin.Address.AbsoluteUri, StringComparison.Ordinal);
        var told = (await side.Server.TrailAsync(AccountEvents.Invited))[^1];
        Assert.Equal(await side.AdminIdAsync(), told.Subject);
        Assert.Contains(email, told.Personal, StringComparison.Ordinal);

        using var newcomer = new TestBrowser(side.Server);
        await newcomer.GoAsync(link);
        Assert.Contains(email, newcomer.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invitation_that_is_sent_twice_is_one()
    {
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/people");
        await admin.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com" }, "Make the link");
        var (link, told) = (admin.Page.GetElementById("link")!.TextContent, await side.Server.TrailAsync(AccountEvents.Invited));
        await admin.AgainAsync();
        Assert.Equal(link, admin.Page.GetElementById("link")!.TextContent);

        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await admin.AgainAsync();
        Assert.Contains("This was done already", admin.Text, StringComparison.Ordinal);
        Assert.Equal(told.Count, (await side.Server.TrailAsync(AccountEvents.Invited)).Count);
    }

    [Fact]
    public async Task A_removed_account_is_shown_as_gone_with_its_time()
    {
        var (id, email) = await side.PersonAsync("<b>Bold</b>");
        using var person = await side.SignInAsync(email);
        await person.GoAsync("/account/remove");
        await person.SubmitAsync(new() { ["Password"] = Flows.Password }, "Remove my account");
        using var admin = await side.AdminAsync();
        await admin.GoAsync($"/admin/people/{id}");

        Assert.Equal(HttpStatusCode.Gone, admin.Response.StatusCode);
        Assert.Contains("was removed on", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(email, admin.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taking_second_factors_away_says_how_their_person_gets_in_then()
    {
        var (id, email) = await side.PersonAsync();
        using var person = await side.SignInAsync(email);
        await StrongSide.EnrolAsync(side.Server, person);
        using var admin = await side.AdminAsync();
        await admin.GoAsync($"/admin/people/{id}?ask=reset-factors");
        Assert.Contains("the password alone is enough", admin.Text, StringComparison.Ordinal);

        await side.Server.QueryAsync(context => context.Users.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, (string?)null)));
        await admin.GoAsync($"/admin/people/{id}?ask=reset-factors");
        Assert.DoesNotContain("the password alone is enough", admin.Text, StringComparison.Ordinal);
        Assert.Contains("the person needs a new link to set one", admin.Text, StringComparison.Ordinal);
    }
}
