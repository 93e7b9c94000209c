using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Organizations;
using AuthServer.Outbound;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Connections;

/// <summary>One change of a connection that may be stored.</summary>
/// <param name="Changed">Paths of <see cref="ConnectionSnapshot"/>.</param>
public sealed record ConnectionDraft(Connection Row, IReadOnlyList<string> Changed, bool SecretChanged)
{
    public bool ChangesNothing => Changed.Count == 0 && !SecretChanged;

    /// <summary>The least role that may store it.</summary>
    public Role Role => SecretChanged || Changed.Any(ConnectionDrafts.IsForAdmins) ? Role.Admin : Role.Developer;
}

/// <summary>Makes what was said into a change, and refuses what cannot be.</summary>
public sealed class ConnectionDrafts(OutboundClient outbound, VaultSeal seal, ConnectionNeeds needs, TimeProvider clock)
{
    // Where the secret and the tokens go, and who gets at them.
    private static readonly string[] ForAdmins =
        ["client_id", "settings.authorization_url", "settings.token_url", "settings.base_url", "settings.key", "access", "allow_raw_tokens", "return_check"];

    // The same, as soon as there is something to lead away.
    private static readonly string[] ForAdminsOnceUsed = ["settings.fields", "settings.redirect_uri", "settings.return_urls"];

    private static readonly Problem ForAdminsOnly = Problem.Forbidden(
        "role", "Secrets, addresses that they are sent to, raw tokens, the check of who comes back and access are for admins.");

    internal static bool IsForAdmins(string path) => IsAmong(path, ForAdmins);

    /// <param name="row">Is written to, and is not for storing where this fails.</param>
    /// <param name="faults">What is wrong so far.</param>
    internal Answer<ConnectionDraft> Prepare(Developer developer, Connection row, Provider provider, ConnectionChange said, Faults faults)
    {
        var now = clock.GetUtcNow();
        var (before, isNew, secret) = (ConnectionSnapshot.Of(row), row.Version == 0, Open(row));
        var edit = new ConnectionEdit(outbound, provider, secret, faults);
        edit.Apply(row, said, now);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        if (edit.SecretChanged)
        {
            Keep(row, provider, edit.Secret, now);
        }

        IReadOnlyList<string> changed = [.. ConnectionSnapshot.Compare(before, ConnectionSnapshot.Of(row)).Select(difference => difference.Path)];
        var draft = new ConnectionDraft(row, changed, edit.SecretChanged);
        var isUsed = !isNew && (!secret.IsEmpty || row.Status != ConnectionStatus.Draft);
        if (developer.Role < Role.Admin && (draft.Role == Role.Admin || (isUsed && changed.Any(path => IsAmong(path, ForAdminsOnceUsed)))))
        {
            return ForAdminsOnly;
        }

        return !isNew && ConnectionStates.IsComplete(row.Status) && needs.Of(row, provider, [.. edit.Secret.Values.Keys]) is { Count: > 0 } missing ? Incomplete(missing) : draft;
    }

    internal static Problem Incomplete(IReadOnlyDictionary<string, Sentence[]> missing) =>
        new(StatusCodes.Status409Conflict, "incomplete", "The connection lacks what an active one needs: see errors.", missing);

    /// <summary>A secret that does not open any more is as good as none: it can be given anew.</summary>
    internal ConnectionSecret Open(Connection row)
    {
        try
        {
            return ConnectionSecret.Open(seal, row);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or JsonException)
        {
            return ConnectionSecret.None;
        }
    }

    private void Keep(Connection row, Provider provider, ConnectionSecret secret, DateTimeOffset now)
    {
        row.Keep(secret, seal);
        row.SecretChangedAt = secret.IsEmpty ? null : now;
        var shown = row.Auth == ConnectionAuth.OAuth2 ? secret.ClientSecret
            : provider.ApiKey?.Fields.Where(field => field.Secret).Select(field => secret.Values.GetValueOrDefault(field.Name)).FirstOrDefault(value => value is not null);
        row.SecretLast4 = ConnectionSecret.Last4(shown);
    }

    private static bool IsAmong(string path, string[] paths) => paths.Any(one => path == one || path.StartsWith(one + ".", StringComparison.Ordinal));
}
