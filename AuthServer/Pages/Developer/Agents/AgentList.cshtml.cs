using AuthServer.Agents;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>The agents of an organization, newest first.</summary>
public sealed class AgentListModel(Seats seats, RegisteredAgents agents) : OrganizationPage(seats)
{
    private const int PerPage = 50;
    private const int LongestSearch = 100;
    private const int Furthest = 1_000_000;

    public IReadOnlyList<AgentAnswer> Agents { get; private set; } = [];

    /// <summary>How many match.</summary>
    public long Total { get; private set; }

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true, Name = "status")]
    public string? Status { get; set; }

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public bool IsFiltered => Search is not null || Status is not null;

    public string? NextAt => From + PerPage < Total ? At(From + PerPage) : null;

    public string? PreviousAt => From > 0 ? At(Math.Max(0, From - PerPage)) : null;

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var status = Enum.GetValues<AgentStatus>().Where(value => AgentQuestions.Word(value) == Status).Select(value => (AgentStatus?)value).FirstOrDefault();
        Search = new string([.. (Search ?? "").Where(c => !char.IsControl(c))]).Trim() is { Length: > 0 } said ? said[..Math.Min(said.Length, LongestSearch)] : null;
        (Status, From) = (status is { } known ? AgentQuestions.Word(known) : null, Math.Clamp(From, 0, Furthest));
        if (Seat is { } seat && (await agents.ListAsync(new ActingParty(seat.Member), new AgentFilter(status, null, Search, null), new Paging(PerPage, From, null, null), ct)).Value is { } page)
        {
            (Agents, Total) = (page.Data, page.Meta.Total ?? 0);
        }

        return Page();
    }

    private string At(int from) => $"/developer/agents?{Query}&from={from}{Filter("q", Search)}{Filter("status", Status)}";

    private static string Filter(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
