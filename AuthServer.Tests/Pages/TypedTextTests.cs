using System.Net;
using AngleSharp.Html.Dom;
using AuthServer.Tests.Pages.Admin;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages;

/// <summary>Whatever is typed into whichever form: the page stands, and what was refused is still there. All pages are visited to which a link leads.</summary>
public sealed class TypedTextTests(AdminSide side) : IClassFixture<AdminSide>
{
    public static TheoryData<string> Texts => ["long", "hard", "blank", "null"];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Every_form_takes_it_or_keeps_it(string kind)
    {
        var text = kind switch { "long" => new string('W', 300), "hard" => Furniture.Text(300), "blank" => "   ", _ => "a\0b" };
        using var browser = await WalkerAsync();
        var (forms, faults) = (0, new List<string>());
        HashSet<string> sent = [];
        foreach (var page in await PageWalk.AllAsync(browser, "/developer", "/dashboard", "/account", "/admin"))
        {
            await browser.GoAsync(page);
            foreach (var form in browser.Page.Forms.OfType<IHtmlFormElement>().Where(form => form.Method == "post" && Fields(form).Any() && sent.Add(PageWalk.KindOf(page) + string.Join(' ', Fields(form)))).ToList())
            {
                forms++;
                var button = form.QuerySelector("button[type=submit]")!.TextContent;
                await browser.GoAsync(page);
                await browser.SubmitAsync(Fields(form).ToDictionary(name => name, _ => (string?)text), button);
                faults.AddRange(FaultsOf(browser, page, button, Fields(form), text));
            }
        }

        Assert.True(forms > 20, $"There are more forms than {forms}.");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static IEnumerable<string> FaultsOf(TestBrowser browser, string page, string button, IReadOnlyList<string> fields, string text)
    {
        if ((int)browser.Response.StatusCode >= 500)
        {
            yield return $"{page}, {button}: {browser.Response.StatusCode}";
        }

        // Refused: it says so, and keeps it.
        if (browser.Page.QuerySelector(".field-wrong, [role=alert]") is not null)
        {
            foreach (var name in fields)
            {
                var field = browser.Page.QuerySelector($"main [name='{name}']");
                var kept = (field as IHtmlInputElement)?.Value ?? (field as IHtmlTextAreaElement)?.Value;
                if (kept is not null && kept.ReplaceLineEndings("\n").Trim() != text.Replace('\0', '\ufffd').Trim())
                {
                    yield return $"{page}, {button}: {name} is now {kept}";
                }
            }
        }
    }

    /// <summary>What people write freely.</summary>
    private static IReadOnlyList<string> Fields(IHtmlFormElement form) =>
        [.. form.QuerySelectorAll("input[type=text], textarea").Where(field => !field.HasAttribute("readonly") && field.GetAttribute("autocomplete") != "one-time-code").Select(field => field.GetAttribute("name")!).Distinct()];

    /// <summary>Somebody who may see everything, and owns an organization.</summary>
    private async Task<TestBrowser> WalkerAsync()
    {
        using var nobody = new Rest(side.Server);
        var email = await Furniture.FurnishAsync(nobody, $"{Guid.NewGuid():N}@example.com");
        await side.Server.QueryAsync(context => context.Users.Where(user => user.Email == email).ExecuteUpdateAsync(set => set.SetProperty(user => user.IsAdministrator, true)));
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, Rest.Password);
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        return browser;
    }
}
