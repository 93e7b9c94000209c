using AuthServer.Accounts;
using AuthServer.Approvals;
using AuthServer.Http;
using AuthServer.Pages.Developer;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Portal;

/// <summary>What stands around a page of the portal: who reads it, whose it is, and the way to the others.</summary>
/// <param name="Areas">Those that the reader may enter.</param>
/// <param name="Area">The one that the page is in.</param>
/// <param name="Entry">Where in it the page is; null: nowhere in particular.</param>
/// <param name="Seat">The organization that the page is about; null: about none.</param>
/// <param name="HasOthers">Whether the reader is in other organizations too.</param>
public sealed record Frame(PersonClaims Person, IReadOnlyList<Area> Areas, Area Area, Entry? Entry, Seat? Seat, bool HasOthers)
{
    /// <summary>How much waits behind the entry for approvals; 0: nothing.</summary>
    public long Waiting { get; init; }

    /// <summary>What an entry has to say beside its name; 0: nothing.</summary>
    public long WaitingAt(Entry entry) => entry.Path == Area.ApprovalsPath ? Waiting : 0;

    /// <summary>How the reader is called.</summary>
    public string Name => Person.Name is { } name && VisibleText.IsSeen(name) ? name : Person.Email ?? "";
}

/// <summary>A page that knows which organization it is about.</summary>
public interface ISeated
{
    /// <summary>Null: the organization has to be chosen first, or there is none.</summary>
    Seat? Seat { get; }

    /// <summary>The entry of the menu that it belongs to, by its path; null: its address says that.</summary>
    string? EntryPath => null;
}

/// <summary>Makes the frames of pages.</summary>
public sealed class Frames(SignedInReader signedIn, Seats seats, Administrators administrators, ApprovalLists approvals)
{
    /// <param name="page">The page's model.</param>
    /// <returns>Null: nobody is signed in.</returns>
    public async Task<Frame?> ReadAsync(HttpContext http, object? page, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(http, ct) is not { } reader || await seats.ReadAsync(http, ct) is not { } all)
        {
            return null;
        }

        var path = http.Request.Path.Value ?? "";
        IReadOnlyList<Area> areas = await administrators.IncludeAsync(reader.Person.Subject, ct)
            ? [Area.Person, Area.Developer, Area.Admin] : [Area.Person, Area.Developer];
        var area = areas.FirstOrDefault(area => area.At(path) is not null) ?? areas.FirstOrDefault(area => path.StartsWith($"/{area.Home.Split('/')[1]}", StringComparison.OrdinalIgnoreCase)) ?? Area.Person;
        var seat = SeatOf(http, page, all);
        return new Frame(reader.Claims, areas, area, area.At((page as ISeated)?.EntryPath ?? path), seat, all.Count > 1) { Waiting = await WaitingAsync(reader.Person.Subject, area, seat, ct) };
    }

    private async Task<long> WaitingAsync(string userId, Area area, Seat? seat, CancellationToken ct) =>
        area == Area.Person ? await approvals.CountWaitingAsync(userId, null, ct)
        : area == Area.Developer && seat is { IsDeveloper: true } ? await approvals.CountWaitingAsync(userId, seat.Organization.OrganizationId, ct)
        : 0;

    private static Seat? SeatOf(HttpContext http, object? page, IReadOnlyList<Seat> all) => page is ISeated seated
        ? seated.Seat
        : http.Request.Query["organization"].ToString() is { Length: > 0 } named
            ? all.FirstOrDefault(seat => seat.Organization.OrganizationId == named)
            : all is [var only] ? only : null;
}
