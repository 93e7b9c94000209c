using System.Security.Cryptography;
using System.Text;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Outbound;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>Clients that register themselves (RFC 7591) and manage that (RFC 7592). Strangers make them, so there is a bound to each day's, and who is
/// never used is forgotten.</summary>
public sealed class Registrations(
    IDbContextFactory<AuthDbContext> contexts, ApplicationDirectory applications, OutboundClient outbound, ITokenFamilies families, TimeProvider clock)
{
    public const string Prefix = "dcr_";

    private const int MostPerDay = 10_000;

    // Of two that register the same client in the same moment, one finds it there at its second look.
    private const int MostAttempts = 3;

    private static readonly OAuthError ChangedMeanwhile = ClientMetadata.Invalid("The registration was changed in this moment. Read it again.", "changed");

    public async Task<Result<RegisteredClient>> RegisterAsync(HttpContext http, ClientMetadata metadata, CancellationToken ct)
    {
        var said = WithOneMethod(metadata, ClientAuthenticationMethods.Basic);
        if (Check(said) is { } fault)
        {
            return fault;
        }

        var isPublic = IsPublic(said);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            await using var context = await contexts.CreateDbContextAsync(ct);
            var row = RegisteredApplication.Describe(
                said, new OpenIddictApplication { Id = Guid.NewGuid().ToString(), ClientId = Identifiers.New(Prefix, clock.GetStoredNow()) }, ApplicationMapping.Registered);

            // Some clients register at each connection. Public ones that say the same of themselves cannot be told apart, so they are one.
            if (isPublic)
            {
                var shared = SharedId(row);
                var known = await context.Applications.FindAsync([shared], ct);
                if (known is null)
                {
                    row.Id = shared;
                }
                else if (IsUnchanged(known))
                {
                    if (await ShareAsync(context, known, ct) is { } same)
                    {
                        return same;
                    }

                    continue;
                }
            }

            if (await AddAsync(context, http, row, said, ct) is { } answer)
            {
                return answer;
            }
        }

        return OAuthError.ServerError;
    }

    /// <summary>The registration that this token manages; null when it manages none of this id.</summary>
    public async Task<RegisteredClient?> FindAsync(string clientId, string token, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await FindRowAsync(context, clientId, token, ct) is { } row ? Describe(row) : null;
    }

    /// <summary>RFC 7592 §2.2: what is not said is taken away.</summary>
    public async Task<Result<RegisteredClient>> ReplaceAsync(HttpContext http, string clientId, string token, ClientMetadata metadata, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await FindRowAsync(context, clientId, token, ct) is not { } row)
        {
            return ChangedMeanwhile;
        }

        var said = WithOneMethod(metadata, MethodOf(row));
        if (said.AuthenticationMethods[0] != MethodOf(row))
        {
            return ClientMetadata.Invalid("token_endpoint_auth_method cannot change: register anew.", "token_endpoint_auth_method");
        }

        if (Check(said) is { } fault)
        {
            return fault;
        }

        RegisteredApplication.Describe(said, row, ApplicationMapping.Registered);
        row.ConcurrencyToken = Guid.NewGuid().ToString();
        await ApplicationOrigins.WriteAsync(context, row.Id, said.RedirectUris, ct);
        context.AuditEvents.Add(AuditEventRow.From(Event(http, AuditEventTypes.ClientUpdated, row)));
        if (!await TrySaveAsync(context, ct))
        {
            return ChangedMeanwhile;
        }

        applications.Forget(clientId);
        return Describe(row);
    }

    /// <summary>RFC 7592 §2.3: the client and all that it has end. False where the token manages no such registration.</summary>
    public async Task<bool> RemoveAsync(HttpContext http, string clientId, string token, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await FindRowAsync(context, clientId, token, ct) is not { } row)
        {
            return false;
        }

        var removed = Event(http, AuditEventTypes.ClientRemoved, row);
        row.Properties = (ApplicationExtras.Read(row.Properties) with { Disabled = true, RemovedAt = removed.At, RegistrationToken = null }).WriteTo(row.Properties);
        row.ConcurrencyToken = Guid.NewGuid().ToString();
        await ApplicationOrigins.WriteAsync(context, row.Id, [], ct);
        context.AuditEvents.Add(AuditEventRow.From(removed));
        if (!await TrySaveAsync(context, ct))
        {
            return false;
        }

        applications.Forget(clientId);
        await families.EndSubjectAsync(
            clientId, removed.At, http.Event(AuditEventTypes.TokenRevoked, AuditOutcomes.Success, removed.At) with { ClientId = clientId, Target = clientId, Reason = "client_removed" }, ct);
        return true;
    }

    /// <summary>Null where the same client was registered in the same moment.</summary>
    private async Task<Result<RegisteredClient>?> AddAsync(AuthDbContext context, HttpContext http, OpenIddictApplication row, ClientMetadata said, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        var (from, to) = (Identifiers.First(Prefix, now - TimeSpan.FromDays(1)), Identifiers.First(Prefix, now + TimeSpan.FromDays(1)));
#pragma warning disable CA1309 // the database compares
        if (await context.Applications.Where(other => string.Compare(other.ClientId, from) >= 0 && string.Compare(other.ClientId, to) < 0).CountAsync(ct) >= MostPerDay)
#pragma warning restore CA1309
        {
            return (Result<RegisteredClient>)TooManyRequests.Answer(http, TimeSpan.FromHours(1));
        }

        var token = Handle.New();
        row.ConcurrencyToken = Guid.NewGuid().ToString();
        row.Properties = (ApplicationExtras.Read(row.Properties) with { RegistrationToken = Handle.ReferenceId(token) }).WriteTo(row.Properties);
        string? secret = null;
        if (MethodOf(row) is ClientAuthenticationMethods.Basic or ClientAuthenticationMethods.Post)
        {
            (secret, var stored) = ClientSecret.Create(row.Id, now);
            row.ClientSecret = ClientSecretHash.Create(secret, ClientSecretHash.RoundsOfGenerated);
            context.ClientSecrets.Add(stored);
        }

        context.Applications.Add(row);
        await ApplicationOrigins.WriteAsync(context, row.Id, said.RedirectUris, ct);
        context.AuditEvents.Add(AuditEventRow.From(Event(http, AuditEventTypes.ClientRegistered, row)));
        try
        {
            await context.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (IsPublic(said))
        {
            return null;
        }

        return (Result<RegisteredClient>)(Describe(row) with { Secret = secret, Token = token });
    }

    /// <summary>Whether it still is what it was registered as, so that whoever says the same may share it.</summary>
    private static bool IsUnchanged(OpenIddictApplication known) => !ApplicationExtras.Read(known.Properties).Disabled && SharedId(known) == known.Id;

    /// <summary>The registration that others have made before, which nobody manages from now on; null where it was changed in this moment.</summary>
    private static async Task<RegisteredClient?> ShareAsync(AuthDbContext context, OpenIddictApplication known, CancellationToken ct)
    {
        var extras = ApplicationExtras.Read(known.Properties);
        if (extras.RegistrationToken is null)
        {
            return Describe(known);
        }

        known.Properties = (extras with { RegistrationToken = null }).WriteTo(known.Properties);
        known.ConcurrencyToken = Guid.NewGuid().ToString();
        return await TrySaveAsync(context, ct) ? Describe(known) : null;
    }

    private static async Task<bool> TrySaveAsync(AuthDbContext context, CancellationToken ct)
    {
        try
        {
            await context.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody else has changed it meanwhile.
            return false;
        }
    }

    private static async Task<OpenIddictApplication?> FindRowAsync(AuthDbContext context, string clientId, string token, CancellationToken ct)
    {
        if (!clientId.StartsWith(Prefix, StringComparison.Ordinal) || Identifiers.ToUuid(Prefix, clientId) is null
            || await context.Applications.FirstOrDefaultAsync(row => row.ClientId == clientId, ct) is not { } found)
        {
            return null;
        }

        var extras = ApplicationExtras.Read(found.Properties);
        return !extras.Disabled && extras.RegistrationToken is { } hash
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Handle.ReferenceId(token)))
                ? found
                : null;
    }

    private OAuthError? Check(ClientMetadata said) =>
        said.Name is { } name && !VisibleText.IsSeen(name) ? ClientMetadata.Invalid("client_name holds nothing that can be seen.", "client_name")
        : said.JsonWebKeySet is { } keys && !JsonWebKeySet.TryParse(keys, out _, out var why) ? ClientMetadata.Invalid($"jwks: {why}", "jwks")
        : said.JsonWebKeySetUri is { } uri && !(Uri.TryCreate(uri, UriKind.Absolute, out var address) && outbound.Admits(address))
            ? ClientMetadata.Invalid("jwks_uri is not an https address.", "jwks_uri")
        : null;

    private static ClientMetadata WithOneMethod(ClientMetadata said, string otherwise) =>
        said with { AuthenticationMethods = [said.AuthenticationMethods.Count > 0 ? said.AuthenticationMethods[0] : otherwise] };

    private static bool IsPublic(ClientMetadata said) => said.AuthenticationMethods.Contains(ClientAuthenticationMethods.None);

    private static string MethodOf(OpenIddictApplication row) => ApplicationExtras.Read(row.Properties).AuthenticationMethod ?? ClientAuthenticationMethods.Basic;

    /// <summary>The row id of all public clients that say the same of themselves.</summary>
    private static string SharedId(OpenIddictApplication row)
    {
        var extras = ApplicationExtras.Read(row.Properties);
        string?[] said =
        [
            row.DisplayName, row.ApplicationType, row.ClientType, row.RedirectUris, row.Permissions, row.JsonWebKeySet, extras.JsonWebKeySetUri,
            .. extras.RequiresDPoP ? new[] { "dpop" } : [],
        ];
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', said))).AsSpan(0, 16)).ToString();
    }

    private static RegisteredClient Describe(OpenIddictApplication row)
    {
        var grants = ApplicationMapping.Strings(row.Permissions)
            .Where(permission => permission.StartsWith(ApplicationMapping.GrantPrefix, StringComparison.Ordinal))
            .Select(permission => permission[ApplicationMapping.GrantPrefix.Length..]);
        return new RegisteredClient
        {
            ClientId = row.ClientId!,
            RegisteredAt = Identifiers.TimeOf(Prefix, row.ClientId!) ?? default,
            Name = row.DisplayName,
            RedirectUris = ApplicationMapping.Strings(row.RedirectUris),
            GrantTypes = [.. grants],
            AuthenticationMethod = MethodOf(row),
            ApplicationType = row.ApplicationType!,
            RequiresDPoP = ApplicationExtras.Read(row.Properties).RequiresDPoP,
            JsonWebKeySet = row.JsonWebKeySet,
            JsonWebKeySetUri = ApplicationExtras.Read(row.Properties).JsonWebKeySetUri,
        };
    }

    private AuditEvent Event(HttpContext http, string type, OpenIddictApplication row) =>
        http.Event(type, AuditOutcomes.Success, clock.GetUtcNow()) with { ClientId = row.ClientId, Target = row.ClientId };
}
