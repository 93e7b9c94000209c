using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Branding;

/// <summary>The mail that invites somebody says how the organization shows itself, beside its own name, and loads nothing.</summary>
public sealed class MailBrandTests
{
    [Fact]
    public async Task An_invitation_shows_name_and_colour()
    {
        await using var side = await MailSide.StartAsync();
        using var nobody = new Rest(side.Server);
        var registered = await nobody.RegisterDeveloperAsync("Acme AI");
        using var key = nobody.As(registered.GetProperty("apiKey").GetString());
        var organization = registered.GetProperty("organization").GetProperty("id").GetString()!;
        (await key.SetAsync(organization, new { name = "Acme", colour = "#0b7a4b" })).Is(HttpStatusCode.OK);
        (await key.SetLogoAsync(organization, TestPictures.Png())).Is(HttpStatusCode.OK);
        (await key.PostAsync($"/organizations/{organization}/invitations", new { email = "guest@example.com" })).Is(HttpStatusCode.Created);

        var mail = await side.NewestAsync("guest@example.com");
        Assert.Contains("Acme AI", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("Shows itself as: Acme\r\n", mail.TextBody!.ReplaceLineEndings("\r\n"), StringComparison.Ordinal);
        Assert.Contains("border-top:6px solid #0b7a4b", mail.HtmlBody!, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", mail.HtmlBody!, StringComparison.Ordinal);
        Assert.DoesNotContain("/branding/", mail.HtmlBody!, StringComparison.Ordinal);
    }
}
