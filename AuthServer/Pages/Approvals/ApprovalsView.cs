using AuthServer.Approvals;
using AuthServer.Http.Api;

namespace AuthServer.Pages.Approvals;

/// <summary>A list of approvals: what waits and what holds, and all of them in parts.</summary>
/// <param name="Page">Its address.</param>
/// <param name="Query">What its addresses end with: nothing, or <c>?</c> and what follows it.</param>
/// <param name="LiveAt">Where it is told that something changed.</param>
public sealed record ApprovalsView(string Page, string Query, string LiveAt)
{
    private const int MostWaiting = 20;
    private const int PerPage = 30;

    public required Page<ApprovalItem> Waiting { get; init; }

    public required Page<ApprovalItem> Holding { get; init; }

    public required Page<ApprovalItem> All { get; init; }

    public required int From { get; init; }

    public string? NextAt => From + PerPage < All.Meta.Total ? At(From + PerPage) : null;

    public string? BackAt => From > 0 ? At(Math.Max(0, From - PerPage)) : null;

    public static async Task<ApprovalsView> ReadAsync(
        Func<ApprovalFilter, Paging, Task<Answer<Page<ApprovalItem>>>> list, int from, string page, string query, string liveAt)
    {
        from = Math.Max(0, from);
        async Task<Page<ApprovalItem>> ReadAsync(ApprovalStatus? status, int most, int at) => (await list(new(status, null), new(most, at, null, null))).Value!;
        return new(page, query, liveAt)
        {
            Waiting = await ReadAsync(ApprovalStatus.Pending, MostWaiting, 0),
            Holding = await ReadAsync(ApprovalStatus.Approved, MostWaiting, 0),
            All = await ReadAsync(null, PerPage, from),
            From = from,
        };
    }

    private string At(int from) => $"{Page}{(Query.Length == 0 ? "?" : Query + "&")}from={from}";
}
