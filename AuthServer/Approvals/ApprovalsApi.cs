using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Approvals;

/// <summary><c>/api/v1/approvals</c></summary>
internal static class ApprovalsApi
{
    public static void MapApprovals(this RouteGroupBuilder api)
    {
        var approvals = api.MapGroup("/approvals").WithTags("Approvals");
        approvals.MapGet("", (ApprovalCaller caller, ApprovalFilter filter, Paging paging, ApprovalLists lists, CancellationToken ct) =>
                lists.ListAsync(caller, filter, paging, ct))
            .WithName("listApprovals")
            .WithSummary("What agents ask the person to approve, or the organization, newest first; of an agent that calls, what it asked.");
        approvals.MapGet("/{id}", (string id, ApprovalCaller caller, ApprovalLists lists, CancellationToken ct) => lists.FindAsync(caller, id, ct))
            .WithName("getApproval")
            .WithSummary("One of them. The agent that asked may look whether it was answered.");
        approvals.MapPost("/{id}/approve", (string id, ApprovalCaller caller, OptionalBody<ApproveBody> body, ApprovalAnswers answers, HttpContext http, CancellationToken ct) =>
                answers.ApproveAsync(http, caller, id, body.Value.Duration, ct))
            .WithName("approveApproval")
            .WithSummary("Approve it once or for a while, in the person's own browser session.");
        approvals.MapPost("/{id}/deny", (string id, ApprovalCaller caller, OptionalBody<DenyBody> body, ApprovalAnswers answers, HttpContext http, CancellationToken ct) =>
                answers.DenyAsync(http, caller, id, body.Value.Note, ct))
            .WithName("denyApproval")
            .WithSummary("Say no to it, in the person's own browser session.");
        approvals.MapPost("/{id}/revoke", (string id, ApprovalCaller caller, ApprovalAnswers answers, HttpContext http, CancellationToken ct) =>
                answers.TakeBackAsync(http, caller, id, ct))
            .WithName("revokeApproval")
            .WithSummary("Take back an approval that holds, in the person's own browser session.");
    }
}
