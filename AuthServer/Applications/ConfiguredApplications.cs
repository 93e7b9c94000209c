using AuthServer.Audit;
using AuthServer.Configuration;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace AuthServer.Applications;

/// <summary>Brings the rows of configured clients up to date: changed ones are rewritten, unchanged ones left alone, removed ones disabled.</summary>
public sealed class ConfiguredApplications(
    IDbContextFactory<AuthDbContext> contexts, AuthServerSettings settings, SigningKeys keys, ITokenFamilies families, IOptions<PasswordHasherOptions> passwords, TimeProvider clock)
{
    /// <param name="source">One of <see cref="Sources"/>: only rows of this source are touched.</param>
    /// <exception cref="StartRefusedException">A client id belongs to somebody else.</exception>
    public async Task ApplyAsync(string source, IReadOnlyList<ApplicationSettings> wanted, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var ids = wanted.Select(client => client.ClientId).ToArray();
        var mark = $"\"source\":\"{source}\"";
        var rows = await context.Applications
            .Where(row => ids.Contains(row.ClientId) || (row.Properties != null && row.Properties.Contains(mark)))
            .ToDictionaryAsync(row => row.ClientId ?? row.Id, StringComparer.Ordinal, ct);

        var faults = new List<string>();
        foreach (var client in wanted)
        {
            if (JwsAlgorithms.TryParse(client.IdTokenSignedResponseAlg, out var algorithm) && !keys.Algorithms.Contains(algorithm))
            {
                faults.Add($"The client '{client.ClientId}' wants {algorithm} ID tokens, and there is no such key. Make one: keys rotate --algorithm {algorithm}");
            }

            if (rows.Remove(client.ClientId!, out var row) && ApplicationExtras.Read(row.Properties).Source != source)
            {
                faults.Add($"The client id '{client.ClientId}' is taken by an application that the configuration did not make.");
                continue;
            }

            if (row is null)
            {
                context.Applications.Add(row = new OpenIddictApplication { Id = Guid.NewGuid().ToString(), ClientId = client.ClientId });
            }

            await WriteAsync(context, row, client, source, ct);
        }

        if (faults.Count > 0)
        {
            throw new StartRefusedException(faults);
        }

        foreach (var removed in rows.Values)
        {
            // Its pages may call no longer either.
            await ApplicationOrigins.WriteAsync(context, removed.Id, [], ct);
        }

        string[] disabled = [.. rows.Values.Where(Disable).Select(row => row.ClientId!)];
        await context.SaveChangesAsync(ct);

        // What a client has that may no longer ask for more must not outlive it.
        var now = clock.GetUtcNow();
        foreach (var clientId in disabled)
        {
            var why = Starting.Event(AuditEventTypes.TokenRevoked, now) with { ClientId = clientId, Target = clientId, Reason = "not_configured" };
            await families.EndSubjectAsync(clientId, now, why, ct);
        }
    }

    private async Task WriteAsync(AuthDbContext context, OpenIddictApplication row, ApplicationSettings client, string source, CancellationToken ct)
    {
        var secret = string.IsNullOrEmpty(client.ClientSecret) ? null : Secret(client.ClientSecret);
        var keys = client.Jwks is null ? null : Secret(client.Jwks);
        row.ApplicationType = client.ApplicationType;
        row.ClientType = client.ClientType ?? (secret is null && keys is null ? "public" : "confidential");
        row.ConsentType = client.ConsentType;
        row.DisplayName = client.DisplayName;
        row.JsonWebKeySet = keys;
        row.Permissions = ApplicationMapping.Json(ApplicationMapping.Permissions(client));
        row.RedirectUris = ApplicationMapping.Json(client.RedirectUris);
        row.PostLogoutRedirectUris = ApplicationMapping.Json(client.PostLogoutRedirectUris);
        row.Requirements = client.RequirePkce ? ApplicationMapping.Json([ApplicationMapping.RequiresPkce]) : null;
        row.Settings = ApplicationMapping.Settings(client);
        row.Properties = new ApplicationExtras
        {
            Source = source,
            Audiences = [.. client.Audiences.Select(ResourceServer.Canonical).OfType<string>()],
            AuthenticationMethod = client.TokenEndpointAuthMethod,
            RequiresDPoP = client.DPoPBoundAccessTokens,
            IdTokenAlgorithm = client.IdTokenSignedResponseAlg,
            RefreshIdle = client.RefreshIdle,
            RefreshAbsolute = client.RefreshAbsolute,
            RefreshGrace = client.RefreshGrace,
        }.WriteTo(row.Properties);

        // A hash is salted, so the same secret would look like a change each time. Somebody thought of it, so it costs as much to guess as a password.
        if (secret is null || row.ClientSecret is null || !ClientSecretHash.Verify(row.ClientSecret, secret))
        {
            row.ClientSecret = secret is null ? null : ClientSecretHash.Create(secret, passwords.Value.IterationCount);
        }

        if (context.Entry(row).State is EntityState.Added or EntityState.Modified)
        {
            row.ConcurrencyToken = Guid.NewGuid().ToString();
            context.AuditEvents.Add(AuditEventRow.From(
                Starting.Event(AuditEventTypes.ConfigurationApplied, clock.GetUtcNow()) with { ClientId = client.ClientId, Target = client.ClientId, Reason = source }));
        }

        await ApplicationOrigins.WriteAsync(context, row.Id, client.RedirectUris, ct);
    }

    /// <summary>True when it was not disabled before.</summary>
    private static bool Disable(OpenIddictApplication row)
    {
        var extras = ApplicationExtras.Read(row.Properties);
        if (extras.Disabled)
        {
            return false;
        }

        row.Properties = (extras with { Disabled = true }).WriteTo(row.Properties);
        row.ConcurrencyToken = Guid.NewGuid().ToString();
        return true;
    }

    // The settings check has read it once already, so it can be read.
    private string Secret(string reference) => SecretReference.TryRead(reference, settings.Home, out var secret, out var fault)
        ? secret
        : throw new StartRefusedException([fault]);
}
