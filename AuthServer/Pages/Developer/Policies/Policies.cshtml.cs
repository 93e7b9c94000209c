using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Policies;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>The policies of an organization, in the order in which they are evaluated.</summary>
public sealed class PoliciesModel(Seats seats, OrganizationPolicies all) : OrganizationPage(seats)
{
    private const int PerPage = 50;

    public IReadOnlyList<PolicyItem> Policies { get; private set; } = [];

    public long Total { get; private set; }

    public int From { get; private set; }

    /// <summary>What was done just now.</summary>
    public string? Done => Request.Query["done"] == "delete" ? T("The policy is deleted") : null;

    public string? NextAt => From + PerPage < Total ? $"/developer/policies?{Query}&from={From + PerPage}" : null;

    public string? BackAt => From > 0 ? $"/developer/policies?{Query}&from={Math.Max(0, From - PerPage)}" : null;

    public async Task<IActionResult> OnGetAsync(string? organization, int from, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return Page();
        }

        From = Math.Max(0, from);
        var list = (await all.ListAsync(seat.Member, new AgentIdFilter(null, null), new Paging(PerPage, From, null, null), ct)).Value;
        (Policies, Total) = (list?.Data ?? [], list?.Meta.Total ?? 0);
        return Page();
    }
}
