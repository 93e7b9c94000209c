using AuthServer.Http.Api;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Admin;

/// <summary>A page about one thing, to which something can be done: <c>?ask=</c> asks whether it shall be, and the yes comes back to the same address.</summary>
public abstract class ActPage(AdminDesk desk) : AdminPage(desk)
{
    /// <summary>What was done a moment ago, in a sentence; null: nothing.</summary>
    public string? Done { get; private set; }

    /// <summary>The page's own address.</summary>
    public abstract string Address { get; }

    public string Ask(string act) => $"{Address}?ask={act}";

    protected async Task<IActionResult> ReadAsync(string? id, string? ask, string? done, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await LoadAsync(id, ct))
        {
            return Missing();
        }

        Done = done is null ? null : SaidOf(done);
        if (ask is null)
        {
            return Page();
        }

        Asked = ConfirmationOf(ask);
        return Asked is null ? Unasked(ask) : SignInFirst() ?? Page();
    }

    protected async Task<IActionResult> ActAsync(string? id, string? ask, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await LoadAsync(id, ct) || ask is null)
        {
            return Missing();
        }

        if ((Asked = ConfirmationOf(ask)) is null)
        {
            return Unasked(ask);
        }

        return await ShowAsync(ct) is { } unseen ? unseen
            : await DoAsync(ask, ct) is { } problem ? Refused(problem)
            : this.SeeOther(After(ask));
    }

    /// <returns>False: there is no such thing.</returns>
    protected abstract Task<bool> LoadAsync(string? id, CancellationToken ct);

    /// <summary>Null: nothing like this can be done to it as it is.</summary>
    protected abstract Confirmation? ConfirmationOf(string act);

    protected abstract Task<Problem?> DoAsync(string act, CancellationToken ct);

    /// <summary>That it was done, in a sentence; null: it is nothing that can be done.</summary>
    protected abstract string? SaidOf(string act);

    /// <summary>Where it can be seen.</summary>
    protected virtual string After(string act) => $"{Address}?done={act}";

    /// <summary>What can be done and yet not to this as it is, has perhaps been done by the first of two clicks: the page says how it is now.</summary>
    private IActionResult Unasked(string act) => SaidOf(act) is null ? NotFound() : this.SeeOther(Address);

    protected virtual IActionResult Missing() => NotFound();
}
