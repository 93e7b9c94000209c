using AuthServer.Audit;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Trail;

/// <summary>A page of an organization's part of the trail.</summary>
public abstract class TrailPage(Seats seats, NamesInOrganization names) : OrganizationPage(seats)
{
    private IReadOnlyDictionary<string, string> _agents = new Dictionary<string, string>();
    private IReadOnlyDictionary<string, string> _members = new Dictionary<string, string>();

    /// <summary>To choose from; there may be more.</summary>
    public IReadOnlyList<PossibleAnswer> Agents { get; private set; } = [];

    /// <inheritdoc cref="Agents"/>
    public IReadOnlyList<PossibleAnswer> Members { get; private set; } = [];

    /// <summary>Who acted, as far as there is a name for it here.</summary>
    public string Who(AuditEntry entry) =>
        entry.AgentId is { } agent ? Names.Shown(_agents.GetValueOrDefault(agent) ?? agent)
        : PersonOf(entry) ?? entry.ClientId ?? T("The server");

    /// <summary>For whom an agent acted, or who acted on one; null: nobody is named besides.</summary>
    public string? Beside(AuditEntry entry) => entry.AgentId is null ? null : PersonOf(entry);

    /// <summary>The name of an agent or a member; null: there is none here.</summary>
    public string? NameOf(string id) => _agents.GetValueOrDefault(id) ?? _members.GetValueOrDefault(id);

    protected async Task NameAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct)
    {
        var organization = Seat!.Organization.OrganizationId;
        _agents = await names.OfAgentsAsync(organization, entries.Select(entry => entry.AgentId), ct);
        _members = await names.OfMembersAsync(organization, entries.Select(entry => entry.UserId), ct);
    }

    protected async Task SuggestAsync(CancellationToken ct)
    {
        var organization = Seat!.Organization.OrganizationId;
        Agents = await names.SuggestAgentsAsync(organization, ct);
        Members = await names.SuggestMembersAsync(organization, ct);
    }

    private string? PersonOf(AuditEntry entry) => entry.UserId is not { } user ? null
        : _members.GetValueOrDefault(user) is { } member ? Names.Shown(member)
        : entry.Reason == OrganizationEvents.ByAdministrator ? T("An administrator of this server")
        : user;
}
