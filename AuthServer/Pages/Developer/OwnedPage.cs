using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer;

/// <summary>A page about one thing, as a member of the organization sees it that the thing belongs to. Its address does not say which that is.</summary>
public abstract class OwnedPage<T>(Seats seats) : PageModel, ISeated
    where T : class
{
    public Seat Seat { get; private set; } = null!;

    public FormFaults Faults { get; } = new();

    /// <summary>Null: it is not this organization's.</summary>
    protected abstract Task<T?> FindAsync(Seat seat, string id, CancellationToken ct);

    /// <summary>It was found, and the seat is known.</summary>
    protected abstract Task TakeAsync(T found, CancellationToken ct);

    /// <summary>Of what belongs to others nobody learns whether it is there.</summary>
    /// <returns>Where else to go; null: here.</returns>
    protected async Task<IActionResult?> LoadAsync(string? id, CancellationToken ct)
    {
        if (await seats.ReadAsync(HttpContext, ct) is not { } all)
        {
            return this.ToSignIn();
        }

        foreach (var seat in all)
        {
            if (await FindAsync(seat, id ?? "", ct) is { } found)
            {
                Seat = seat;
                await TakeAsync(found, ct);
                return null;
            }
        }

        // Whoever was a member where it is, or was, is told that they are none any more.
        var former = await seats.ReadFormerAsync(HttpContext, ct);
        foreach (var was in former)
        {
            if (await FindAsync(was.Seat, id ?? "", ct) is not null)
            {
                return this.SeeOther(was.Address);
            }
        }

        return await MissingAsync([.. all, .. former.Select(was => was.Seat)], id, ct);
    }

    /// <summary>The answer where no seat's organization has it.</summary>
    protected virtual Task<IActionResult> MissingAsync(IReadOnlyList<Seat> seats, string? id, CancellationToken ct) => Task.FromResult<IActionResult>(NotFound());

    /// <summary>The same for what only developers do. What else may stand in their way is for the feature to ask.</summary>
    /// <param name="operation">What is tried, by the name that the API has for it.</param>
    protected async Task<IActionResult?> LoadAsync(string? id, string operation, CancellationToken ct) =>
        await LoadAsync(id, ct) is { } elsewhere ? elsewhere
        : Seat.IsDeveloper ? null
        : await PageAnswers.RefuseAsync(HttpContext, Seat, operation);

    /// <summary>This page again, with what stood in the way.</summary>
    protected Task<IActionResult> RefusedAsync(Problem problem, string operation, IEnumerable<Question>? asked = null) =>
        this.RefusedAsync(Seat, problem, operation, asked ?? [], Faults);
}
