using AuthServer.Administration;
using AuthServer.Http.Api;
using AuthServer.Jose;
using AuthServer.Keys;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>The keys of the installation: which sign, which seal, when they are replaced.</summary>
public sealed class AdminKeysModel(AdminDesk desk, AdminKeys keys) : ActPage(desk)
{
    private const string Rotate = "rotate-";
    private const string Revoke = "revoke-";

    public KeysFile Found { get; private set; } = null!;

    public override string Address => "/admin/keys";

    public IEnumerable<JwsAlgorithm> Algorithms => Found.Signing.Select(line => line.Key.Algorithm).Distinct();

    public string AskRotate(JwsAlgorithm algorithm) => Ask(Rotate + algorithm.Name());

    public string AskRevoke(SigningKeyLine line) => Ask(Revoke + line.Key.KeyId);

    public static string NameOf(KeyState state) => state switch
    {
        KeyState.Next => T("Next"),
        KeyState.Current => T("Signs"),
        KeyState.Retiring => T("Retired, still verifies"),
        KeyState.Expired => T("Ended"),
        _ => T("Revoked"),
    };

    public Task<IActionResult> OnGetAsync(string? ask, string? done, CancellationToken ct) => ReadAsync(null, ask, done, ct);

    public Task<IActionResult> OnPostAsync(string? ask, CancellationToken ct) => ActAsync(null, ask, ct);

    protected override async Task<bool> LoadAsync(string? id, CancellationToken ct)
    {
        Found = await keys.ReadAsync(ct);
        return true;
    }

    protected override Confirmation? ConfirmationOf(string act) =>
        AlgorithmOf(act) is { } algorithm ? new(
            T("Replace the key that signs {0}?", algorithm.Name()), T("The next key signs as soon as it has been published for long enough."),
            [T("Tokens that were signed before stay good until they end."), T("All nodes follow within seconds. Nothing is interrupted.")],
            T("Replace it"), Ask(act), Address)
        { IsDangerous = false }
        : KeyOf(act) is { } line ? new(
            T("Revoke this signing key?"), line.Key.KeyId,
            [
                T("All tokens that it signed are refused at once: applications must get new ones."),
                line.State == KeyState.Current ? T("Its successor signs now, perhaps earlier than announced: verifiers with an older copy of the key set refuse its tokens for a while.") : T("The key that signs now goes on."),
                T("Nobody can undo this. It is for a key that somebody else may have."),
            ],
            T("Revoke it"), Ask(act), Address)
        : null;

    protected override Task<Problem?> DoAsync(string act, CancellationToken ct) => AlgorithmOf(act) is { } algorithm
        ? keys.RotateAsync(HttpContext, Administrator, algorithm, ct)
        : keys.RevokeAsync(HttpContext, Administrator, KeyOf(act)!.Key.KeyId, ct);

    protected override string After(string act) => $"{Address}?done={KindOf(act)}";

    protected override string? SaidOf(string act) => KindOf(act) switch
    {
        "rotate" => T("The next key is on its way."),
        "revoke" => T("The key is revoked."),
        _ => null,
    };

    private static string KindOf(string act) => act.Split('-')[0];

    private JwsAlgorithm? AlgorithmOf(string act) => act.StartsWith(Rotate, StringComparison.Ordinal)
        ? Algorithms.Where(algorithm => algorithm.Name() == act[Rotate.Length..]).Select(algorithm => (JwsAlgorithm?)algorithm).FirstOrDefault()
        : null;

    private SigningKeyLine? KeyOf(string act) => act.StartsWith(Revoke, StringComparison.Ordinal) ? Found.Signing.FirstOrDefault(line => line.IsLive && line.Key.KeyId == act[Revoke.Length..]) : null;
}
