using AuthServer.Audit;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>Asks the provider by a real call whether it takes a connection's credential, and shows what came of it before.</summary>
public sealed class ConnectionTestPageModel(ConnectionDesk desk, ConnectionTest test, AuditViews trail) : ConnectionPage(desk)
{
    private const int MostShown = 20;

    public ConnectionTestResult? Result { get; private set; }

    /// <summary>Of the trail, newest first.</summary>
    public IReadOnlyList<AuditEntry> Earlier { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct) => await LoadAsync(id, ct) ?? await ShowAsync(ct);

    public async Task<IActionResult> OnPostAsync(string? id, CancellationToken ct)
    {
        const string operation = "testConnection";
        if (await LoadAsync(id, operation, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var answer = await test.RunAsync(HttpContext, Seat.Member, Connection.Id, ct);
        Result = answer.Value;
        await ReloadAsync(ct);
        await ShowAsync(ct);
        return answer.Problem is { } problem ? await RefusedAsync(problem, operation) : Page();
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        var filter = new AuditFilter { Target = Connection.Id, Type = ConnectionEvents.Tested };
        Earlier = (await trail.OfOrganizationAsync(Seat.Organization.OrganizationId, filter, MostShown, ct)).Data;
        return Page();
    }
}
