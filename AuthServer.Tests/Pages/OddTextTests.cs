using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>A character that PostgreSQL cannot store or compare is somebody's mistake, and no fault of the server's.</summary>
public sealed class OddTextTests : IAsyncLifetime
{
    private const string Admin = "admin@example.com";

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync(
        [.. await PostgreSqlCluster.SettingsAsync(), ("AuthServer:Bootstrap:AdminEmail", Admin), ("AuthServer:Bootstrap:AdminPassword", Flows.Password)]);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task No_page_fails_over_it_in_an_address_or_a_form()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Admin, Flows.Password);
        List<string> failed = [];
        foreach (var address in new[]
        {
            "/admin/mails?id=%00", "/admin/mails?before=%00", "/admin/trail?type=%00", "/admin/trail?client=a%00b", "/admin/trail?cursor=%00", "/admin/trail?organization=%00",
            "/admin/people?search=%00", "/admin/people/%00", "/admin/people/usr_%00", "/admin/clients?search=%00", "/admin/clients/%00", "/admin/organizations?search=%00",
            "/admin/organizations/%00", "/admin/providers?search=%00", "/dashboard/activity?agent=%00", "/dashboard/delegations?agent=%00", "/approvals/%00", "/approvals/apr_%00",
            "/delegation?id=%00", "/account/connections/%00", "/connect/accounts/%00", "/claim?claim=%00", "/claim?claimed=%00", "/join?join=%00", "/join?joined=%00",
            "/reset-password?link=%00", "/confirm-address?link=%00", "/register?invitation=%00", "/sign-in?request_id=%00", "/consent?request_id=%00", "/auth/%00",
            "/auth/github?connectionId=%00", "/docs/%00", "/developer?organization=%00", "/developer/trail?organization=%00", "/developer/webhook?id=%00", "/developer/agents/%00",
            "/live?organization=%00", "/developer/providers/%00", "/developer/trail?type=%00",
        })
        {
            await browser.GoAsync(address);
            if (browser.Response.StatusCode >= HttpStatusCode.InternalServerError)
            {
                failed.Add(address);
            }
        }

        foreach (var (page, fields) in new (string, (string, string)[])[]
        {
            ("/account/sessions", [("id", "\0")]), ("/dashboard", [("consent", "con_\0")]), ("/account/connections", [("id", "\0")]), ("/account/address", [("Wanted", "a\0@example.com")]),
            ("/forgotten-password", [("Email", "a\0@example.com")]), ("/account/sign-ins", [("Id", "\0")]), ("/chain", [("Token", "\0")]), ("/account/passkeys?handler=Rename", [("Id", "\0"), ("Name", "\0")]),
            ("/sign-in", [("Email", "a\0@example.com"), ("Password", "\0")]),
        })
        {
            await browser.GoAsync("/chain");
            await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, page)) { Content = BrowserSide.Form(browser, fields) });
            if (browser.Response.StatusCode >= HttpStatusCode.InternalServerError)
            {
                failed.Add("POST " + page);
            }
        }

        Assert.Equal([], failed);
    }
}
