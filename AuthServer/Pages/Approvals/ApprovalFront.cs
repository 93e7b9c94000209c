using AuthServer.Approvals;
using AuthServer.Http.Api;
using AuthServer.Pages.Dashboard;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Approvals;

/// <summary>What the person's page of an approval and the organization's have in common.</summary>
public sealed class ApprovalFront(ApprovalLists lists, FormerApprovals former, ApprovalAnswers answers, ActivityNames names, AuthServerOptions options)
{
    private static readonly string[] Outcomes = ["approved", "denied", "revoked", "late"];

    /// <param name="organizationId">Null: as the person.</param>
    public async Task<ApprovalView?> FindAsync(HttpContext http, SignedInPerson person, string id, string? organizationId, bool mayAnswer, CancellationToken ct)
    {
        if (await lists.FindAsync(id, person.Subject, organizationId, ct) is not ({ } row, { } item))
        {
            return null;
        }

        var known = await names.OfPeopleAsync([row.DecidedBy], ct);
        var (path, query) = At(organizationId);
        var done = http.Request.Query["done"].ToString();
        return new ApprovalView(row, item, row.DecidedBy is { } decider ? known.GetValueOrDefault(decider) : null, $"{path}/{row.Id}{query}", path + query)
        {
            WasOwn = row.DecidedBy == person.Subject,
            MayAnswer = mayAnswer,
            MustSignIn = item.Status == ApprovalStatus.Pending && await answers.MustSignInAsync(person, row, ct),
            UseWithin = options.Approvals.UseWithin,
            Done = HttpMethods.IsGet(http.Request.Method) && Outcomes.Contains(done) ? done : null,
        };
    }

    /// <summary>One that is not kept any more, which the answer's status says; null: there was none.</summary>
    /// <param name="organizationId">Null: as the person.</param>
    public async Task<FormerApprovalView?> FindFormerAsync(HttpContext http, SignedInPerson person, string id, string? organizationId, CancellationToken ct)
    {
        if (await former.FindAsync(id, person.Subject, organizationId, ct) is not { } found)
        {
            return null;
        }

        http.Response.StatusCode = StatusCodes.Status410Gone;
        var (path, query) = At(organizationId);
        return new FormerApprovalView(found, (await names.OfAsync([found.AgentId], [], ct)).Values.FirstOrDefault(), path + query);
    }

    /// <summary>Does what the form says.</summary>
    /// <returns>The way on; null: the form has a fault.</returns>
    public async Task<IActionResult?> AnswerAsync(PageModel page, SignedInPerson person, ApprovalView view, string? answer, CancellationToken ct)
    {
        var (http, row) = (page.HttpContext, view.Row);
        var given = await http.OnceAsync(once => answer switch
        {
            "approve" when ApprovalWords.Duration(view.Duration) is { } duration => answers.ApproveAsync(http, person, row, duration, once),
            "deny" => answers.DenyAsync(http, person, row, view.Note, once),
            "revoke" => answers.TakeBackAsync(http, person, row, once),
            _ => Task.FromResult<Answer<ApprovalItem>>(Problem.Invalid("duration", "Choose one of these.")),
        });
        if (given.Problem is not { } problem)
        {
            var done = answer switch { "approve" => "approved", "deny" => "denied", _ => "revoked" };
            return page.SeeOther($"{view.Address}{(view.Address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}done={done}");
        }

        // The page says what came first, by whom and when.
        if (problem.Status == StatusCodes.Status409Conflict)
        {
            return page.SeeOther($"{view.Address}{(view.Address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}done=late");
        }

        if (problem.Code == "fresh_sign_in_needed")
        {
            return page.ToSignInAgain(view.SignInAt);
        }

        foreach (var (field, sentences) in problem.Errors ?? new Dictionary<string, string[]> { [""] = [problem.Detail] })
        {
            view.Faults.Add(field, sentences[0]);
        }

        return null;
    }

    private static (string Path, string Query) At(string? organizationId) =>
        organizationId is null ? ("/approvals", "") : ("/developer/approvals", $"?organization={organizationId}");
}
