using System.Text;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer;
using AuthServer.Pages.Developer.Team;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages;

/// <summary>The answers that pages share.</summary>
internal static class PageAnswers
{
    private const int LongestFileName = 80;

    /// <summary>The id that stands for a waiting authorization request; null where the page was opened by itself.</summary>
    public static string? RequestId(this PageModel page) =>
        page.Request.Query.TryGetValue("request_id", out var id) ? id.ToString() : null;

    /// <summary>303: the browser goes on with GET and without the form.</summary>
    public static IActionResult SeeOther(this PageModel page, string location)
    {
        Http.SeeOther.To(page.HttpContext, location);
        return new EmptyResult();
    }

    /// <summary>Nobody is signed in, or not any more: once they are, they come back to this page.</summary>
    public static IActionResult ToSignIn(this PageModel page) => page.SeeOther(Carried.SignInAt(page.Request));

    /// <summary>Who sent this form has to sign in once more first: then they come back to its page, where it waits.</summary>
    /// <param name="signInAt">Where they sign in.</param>
    public static IActionResult ToSignInAgain(this PageModel page, string signInAt)
    {
        page.HttpContext.RequestServices.GetRequiredService<KeptForms>().TryKeepOwn(page.HttpContext);
        return page.SeeOther(signInAt);
    }

    /// <summary>An authorization request that is gone, or was begun by another browser.</summary>
    public static IActionResult Expired(this PageModel page)
    {
        DisplayedError.Show(
            page.HttpContext, "This request has expired", "It was answered already, it waited too long, or its application was disabled or its agent suspended meanwhile. Go back to the application and start again.");
        return new EmptyResult();
    }

    /// <summary>What was shown once, as a file: the form that asks for it brings it along, since nobody else has it.</summary>
    /// <param name="name">Of the file; one that could mean something else to a system is replaced.</param>
    public static IActionResult Download(this PageModel page, string? name, string? text)
    {
        var isPlain = name is { Length: > 0 and <= LongestFileName } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && name[0] != '.';
        return page.File(Encoding.UTF8.GetBytes((text ?? "").ReplaceLineEndings("\n")), "application/octet-stream", isPlain ? name! : "secret.txt");
    }

    /// <summary>The page itself, as the answer to somebody who must wait.</summary>
    public static IActionResult TooMany(this PageModel page, TimeSpan wait)
    {
        page.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        TooManyRequests.SetRetryAfter(page.Response, wait);
        return page.Page();
    }

    /// <summary>Who may not do it: what is missing, and who can give it.</summary>
    /// <param name="operation">What they tried, by the name that the API has for it.</param>
    /// <param name="least">The role that it needs.</param>
    public static async Task<IActionResult> RefuseAsync(HttpContext http, Seat seat, string operation, Role least = Role.Developer)
    {
        await http.TellRefusalAsync(seat.Member, operation, seat.Refusal(least));
        var (membership, name) = (seat.Organization, Names.Shown(seat.Organization.Name));
        var (title, message) = membership.IsSuspended
            ? (T("This organization is suspended"), $"{T("The administrator of this server suspended {0}.", name)} {T("Its members may look, and change nothing; its agents get no tokens.")}")
            : (least == Role.Admin ? T("This needs the role of an admin") : T("This needs the role of a developer"),
                T("Your role in {0} is: {1}. Its owner or one of its admins can give you a higher one.", name, MemberWords.Name(membership.Held)));
        DisplayedError.Show(
            http, title, message, new WayOn(T("Back to the organization"), $"/developer?organization={membership.OrganizationId}"), StatusCodes.Status403Forbidden);
        return new EmptyResult();
    }

    /// <summary>The page again, with what stood in the way: told to the trail, and noted at the fields that were asked for.</summary>
    /// <param name="operation">What was tried, by the name that the API has for it.</param>
    public static async Task<IActionResult> RefusedAsync(this PageModel page, Seat seat, Problem problem, string operation, IEnumerable<Question> asked, FormFaults faults)
    {
        if (problem == Problem.NotFound)
        {
            return page.NotFound();
        }

        await page.HttpContext.TellRefusalAsync(seat.Member, operation, problem);
        FormAnswers.Tell(problem, asked, faults, page.Request.HasFormContentType ? page.Request.Form : null);
        page.Response.StatusCode = problem.Status == StatusCodes.Status403Forbidden ? problem.Status : page.Response.StatusCode;
        return page.Page();
    }
}
