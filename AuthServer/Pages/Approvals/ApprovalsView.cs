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
    private const string Waits = "waiting";

    public required Page<ApprovalItem> Waiting { get; init; }

    public required Page<ApprovalItem> Holding { get; init; }

    public required Page<ApprovalItem> All { get; init; }

    public required int From { get; init; }

    /// <summary>Whether it shows what waits and nothing else: then that in parts.</summary>
    public required bool OnlyWaiting { get; init; }

    /// <summary>Where all that waits is; null: here.</summary>
    public string? WaitingAt => OnlyWaiting ? null : At(0, Waits);

    public string? NextAt => From + Step < (OnlyWaiting ? Waiting : All).Meta.Total ? At(From + Step, Show) : null;

    public string? BackAt => From > 0 ? At(Math.Max(0, From - Step), Show) : null;

    private int Step => OnlyWaiting ? MostWaiting : PerPage;

    private string? Show => OnlyWaiting ? Waits : null;

    public static async Task<ApprovalsView> ReadAsync(
        Func<ApprovalFilter, Paging, Task<Answer<Page<ApprovalItem>>>> list, string? show, int from, string page, string query, string liveAt)
    {
        (from, var onlyWaiting) = (Math.Max(0, from), show == Waits);
        async Task<Page<ApprovalItem>> ReadAsync(ApprovalStatus? status, int most, int at) => (await list(new(status, null), new(most, at, null, null))).Value!;
        return new(page, query, liveAt)
        {
            Waiting = await ReadAsync(ApprovalStatus.Pending, MostWaiting, onlyWaiting ? from : 0),
            Holding = await ReadAsync(ApprovalStatus.Approved, onlyWaiting ? 0 : MostWaiting, 0),
            All = await ReadAsync(null, onlyWaiting ? 0 : PerPage, from),
            From = from,
            OnlyWaiting = onlyWaiting,
        };
    }

    private string At(int from, string? show) => $"{Page}{(Query.Length == 0 ? "?" : Query + "&")}{(show is null ? "" : $"show={show}&")}from={from}";
}
