using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Admin;

/// <summary>The standard installation with an administrator.</summary>
public sealed class AdminSide : IAsyncLifetime
{
    public const string Email = "admin@example.com";

    public TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await Flows.StartAsync(("AuthServer:Bootstrap:AdminEmail", Email), ("AuthServer:Bootstrap:AdminPassword", Flows.Password));

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public Task<TestBrowser> AdminAsync() => SignInAsync(Email);

    public async Task<TestBrowser> SignInAsync(string email)
    {
        var browser = new TestBrowser(Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, Flows.Password);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }

    /// <summary>Somebody who has just registered; their id and address.</summary>
    public async Task<(string Id, string Email)> PersonAsync(string name = "Some Body")
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        using var browser = new TestBrowser(Server);
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = name, ["Password"] = Flows.Password });
        return (await Server.QueryAsync(context => context.Users.Where(row => row.Email == email).Select(row => row.Id).SingleAsync()), email);
    }

    public Task<string> AdminIdAsync() => Server.QueryAsync(context => context.Users.Where(row => row.Email == Email).Select(row => row.Id).SingleAsync());

    /// <summary>Asks for it on the page, and says yes.</summary>
    public static async Task DoAsync(TestBrowser browser, string address, string button)
    {
        await browser.GoAsync(address);
        await browser.SubmitAsync(button: button);
    }

    /// <summary>An event of this type tells who did it.</summary>
    public async Task AssertToldAsync(string type, string? target)
    {
        var admin = await AdminIdAsync();
        Assert.Contains(await Server.TrailAsync(type), told => (told.Subject, told.Target, told.Outcome) == (admin, target, AuditOutcomes.Success));
    }
}
