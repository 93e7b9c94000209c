using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Connections;

/// <summary>What came of the way to a provider in a window that a script has opened: the page that opened it goes on, and the window closes. Where that page is gone, or
/// another's, the window goes on itself.</summary>
/// <param name="LinkId">By which the page that waits knows that it is meant.</param>
/// <param name="To">Where its person goes on.</param>
/// <param name="Event"><c>connected</c>, <c>closed</c> or <c>failed</c>.</param>
public sealed record ConnectHandOver(string LinkId, string To, string Event)
{
    /// <summary>The origin of the return URL, which is told of the event where it opened the window: an application's, and no other's. Null: nobody is.</summary>
    public string? Origin { get; init; }

    /// <summary>Whether a script looks after it. Else the person, or the browser, goes on by the link.</summary>
    public bool InWindow { get; init; } = true;

    /// <summary>The application's own state.</summary>
    public string? State { get; init; }

    /// <summary>The host that it goes on at; null: here.</summary>
    public string? Host => Uri.TryCreate(To, UriKind.Absolute, out var to) && to.Scheme.StartsWith("http", StringComparison.Ordinal) ? HostName.Of(to) ?? "?" : null;

    public static bool IsIn(HttpRequest request) => request.Query["window"] == "1";

    /// <summary>Null: nobody waits in another window, or it stays here.</summary>
    public static ConnectHandOver? Of(Returned returned) => returned is { InWindow: true, Link: { } link, RedirectTo: { } to }
        ? new ConnectHandOver(link.Id, to, returned.Fault is null ? "connected" : returned.Fault.Code == LinkFaults.Cancelled.Code ? "closed" : "failed")
        {
            Origin = Uri.TryCreate(link.RedirectUri, UriKind.Absolute, out var back) && back.Scheme.StartsWith("http", StringComparison.Ordinal) ? back.GetLeftPart(UriPartial.Authority) : null,
            State = link.ClientState,
        }
        : null;

    /// <summary>It stays on a page of ours, which the one that waits shows.</summary>
    public static ConnectHandOver Here(AccountLink link) => new(link.Id, $"{ConnectDoneModel.Path}?link={link.Id}", link.Stage == LinkStage.Done ? "connected" : "failed");

    /// <summary>The page of ours that comes next.</summary>
    public static string Next(AccountLink link, bool inWindow) =>
        $"{(link.Stage == LinkStage.Choosing ? ChooseModel.Path : ConnectDoneModel.Path)}?link={link.Id}{(inWindow ? "&window=1" : "")}";

    public override string ToString() => $"ConnectHandOver {LinkId} (redacted)";
}
