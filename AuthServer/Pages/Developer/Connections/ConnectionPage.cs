using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What pages about one connection need to find it.</summary>
public sealed class ConnectionDesk(Seats seats, OrganizationConnections connections, ProviderCatalog catalog, ProviderAnswers answers, FormerThings former, IssuerUri issuer)
{
    public Seats Seats => seats;

    public OrganizationConnections Connections => connections;

    public FormerThings Former => former;

    /// <summary>Null: the catalogue has it no more.</summary>
    public async Task<ProviderDetail?> ProviderAsync(Seat seat, string providerId, CancellationToken ct) =>
        await catalog.ListedAsync(seat.Organization.OrganizationId, providerId, ct) is { } listed ? answers.Detail(listed) : null;

    /// <summary>A draft of this person's that has this name and was not changed yet: what a form made that was sent twice. Null: there is none.</summary>
    public async Task<string?> DraftAsync(Seat seat, string providerId, string? name, CancellationToken ct)
    {
        var filter = new ConnectionFilter(providerId, null, ConnectionStatus.Draft, null, null, false, name, null);
        var found = (await connections.ListAsync(new ActingParty(seat.Member), filter, new Paging(ConnectionSaves.Most, 0, null, null), ct)).Value?.Data ?? [];
        return found.FirstOrDefault(one => one.Name == name && one.CreatedBy == seat.Member.UserId && one.Version == 1)?.Id;
    }

    /// <summary>Where the provider sends people back to, to be entered there; null: nobody is sent anywhere.</summary>
    public string? CallbackOf(ConnectionItem connection, ProviderDetail? provider) =>
        connection.AuthType != AuthType.Oauth2 ? null
        : connection.Settings is { RedirectUri: { } own } ? own
        : connection.Settings is { AuthorizationUrl: null, TokenUrl: null } && provider?.Setup.CallbackUrl is { } shared ? shared
        : $"{issuer.At(ProviderAnswers.CallbackPath)}/{connection.Id}";
}

/// <summary>A page about one connection, as a member of its organization sees it.</summary>
public abstract class ConnectionPage(ConnectionDesk desk) : OwnedPage<ConnectionItem>(desk.Seats)
{
    public ConnectionItem Connection { get; private set; } = null!;

    /// <summary>Null: the catalogue has it no more.</summary>
    public ProviderDetail? Provider { get; private set; }

    public string Address => ConnectionTabs.At(Connection.Id);

    public bool MayEdit => Connection.Access?.MayEdit(Seat.Member.UserId, Seat.Member.Role) == true;

    /// <summary>What people are to enter at the provider; null: nothing.</summary>
    public string? Callback => desk.CallbackOf(Connection, Provider);

    public bool MayUse => Seat.IsDeveloper && Connection.Access?.MayUse(Seat.Member.UserId, Seat.Member.Role) == true;

    /// <summary>How people know its provider.</summary>
    public string ProviderName => Names.Shown(Provider?.Name ?? Connection.Provider);

    protected ConnectionDesk Desk => desk;

    protected override async Task<ConnectionItem?> FindAsync(Seat seat, string id, CancellationToken ct) => (await desk.Connections.FindAsync(new ActingParty(seat.Member), id, ct)).Value;

    protected override async Task TakeAsync(ConnectionItem found, CancellationToken ct) => (Connection, Provider) = (found, await desk.ProviderAsync(Seat, found.Provider, ct));

    protected override Task<IActionResult> MissingAsync(IReadOnlyList<Seat> seats, string? id, CancellationToken ct) =>
        desk.Former.AnswerAsync(this, seats.Select(seat => seat.Organization.OrganizationId), FormerKind.Connection, id, ct);

    /// <summary>A change to the version that the form was made for.</summary>
    /// <param name="present">The questions as they stand now: what was typed may stand there already.</param>
    protected async Task<Problem?> ChangeAsync(ConnectionChange said, string? version, Func<IReadOnlyList<Question>> present, CancellationToken ct)
    {
        var problem = (await HttpContext.OnceAsync(once => desk.Connections.ChangeAsync(HttpContext, Seat.Member, Connection.Id, said, new IfMatch([version ?? ""]), once))).Problem;
        if (problem == Problem.Stale)
        {
            await ReloadAsync(ct);
            return FormAnswers.AreSame(present(), Request.Form) ? null : problem;
        }

        return problem;
    }

    /// <summary>Whatever was changed is shown as it is now.</summary>
    protected async Task ReloadAsync(CancellationToken ct) =>
        Connection = (await desk.Connections.FindAsync(new ActingParty(Seat.Member), Connection.Id, ct)).Value ?? Connection;
}
