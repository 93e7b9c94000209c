using System.Globalization;
using AuthServer.Jose;

namespace AuthServer.Keys;

/// <summary>What the commands do. Each answers null, or a sentence that says why it could not.</summary>
internal sealed class KeyCommandWork(KeyRecords records, KeyChanges changes, MasterKeySource master, TimeProvider time)
{
    private const string NoKeys = "This database has no keys yet: the server makes them at its first start.";

    public async Task<string?> ListAsync(TextWriter output, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        const string columns = "{0,-43}  {1,-5}  {2,-8}  {3,-17}  {4,-17}  {5}";
        await output.WriteLineAsync(string.Format(CultureInfo.InvariantCulture, columns, "KEY", "ALG", "STATE", "SIGNS FROM", "SIGNS UNTIL", "ENDS").TrimEnd());
        foreach (var key in (await records.ReadAsync(ct)).OrderBy(key => key.Algorithm).ThenBy(key => key.ActivatesAt))
        {
            var line = string.Format(
                CultureInfo.InvariantCulture, columns, key.KeyId, key.Algorithm.Name(), key.StateAt(now).ToString().ToLowerInvariant(),
                Moment(key.ActivatesAt), Moment(key.RetiresAt), Moment(key.RevokedAt ?? key.ExpiresAt));
            await output.WriteLineAsync(line.TrimEnd());
        }
        return null;
    }

    /// <param name="algorithm">Null: each that has keys.</param>
    public async Task<string?> RotateAsync(string? algorithm, TextWriter output, CancellationToken ct)
    {
        if (await OpenAsync(ct) is { } fault)
            return fault;
        var known = (await records.ReadAsync(ct)).Select(key => key.Algorithm).Distinct().Order().ToArray();
        if (algorithm is not null)
            known = JwsAlgorithms.TryParse(algorithm, out var one) ? [one] : [];
        foreach (var each in known)
            await TellAsync(await changes.ApplyAsync((schedule, keys, now) => schedule.Rotate(keys, each, now), ct), output);
        return null;
    }

    public async Task<string?> RevokeAsync(string keyId, TextWriter output, CancellationToken ct)
    {
        if (await OpenAsync(ct) is { } fault)
            return fault;
        var plan = await changes.ApplyAsync((schedule, keys, now) => schedule.Revoke(keys, keyId, now), ct);
        if (plan is null)
            return $"There is no key {keyId} that could be revoked. `keys list` shows the keys.";
        await TellAsync(plan, output);
        return null;
    }

    private async Task<string?> OpenAsync(CancellationToken ct) =>
        (await records.ReadAsync(ct)).Count == 0 ? NoKeys : await master.OpenAsync(mayCreate: false, ct);

    private static async Task TellAsync(KeyPlan? plan, TextWriter output)
    {
        foreach (var told in plan?.Events ?? [])
        {
            var key = plan!.Keys.First(key => key.KeyId == told.KeyId);
            await output.WriteLineAsync($"{key.Algorithm.Name()} {key.KeyId} {Sentence(told, key)}");
        }
    }

    private static string Sentence(KeyEvent told, KeyLife key) => (told.Kind, told.Reason) switch
    {
        (KeyEventKind.Revoked, _) => "is revoked",
        (KeyEventKind.Created, _) when key.CreatedAt == key.ActivatesAt => "is new and signs now",
        (KeyEventKind.Created, _) => $"is published and will sign from {Moment(key.ActivatesAt)}",
        (_, KeyReasons.RequestedLater) => $"will sign from {Moment(key.ActivatesAt)}, when it has been published for long enough",
        (_, KeyReasons.RevocationUnannounced) => "signs now, earlier than announced: verifiers with an older copy of the key set refuse its tokens for a while",
        _ => "signs now",
    };

    private static string Moment(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "";
}
