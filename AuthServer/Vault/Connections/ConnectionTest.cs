using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Outbound;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Tests a connection with a real call, and moves it to where the result says.</summary>
public sealed class ConnectionTest(
    IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, ProviderStatuses statuses, ConnectionProbe probe, AccountProbe accounts, OutboundRequests outbound, ConnectionSaves saves,
    ConnectionViews views, TimeProvider clock)
{
    private const int MostPerMinute = 10;

    // Each is a request to somebody else's server.
    private readonly AttemptLimit _pace = new(MostPerMinute, clock);

    public async Task<Answer<ConnectionTestResult>> RunAsync(HttpContext http, Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await ConnectionReach.FindForChangeAsync(context, developer, id, ConnectionReach.Whatever, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        var provider = await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct);
        if (provider is null || views.MissingOf(row, provider) is { Count: > 0 })
        {
            return ConnectionDrafts.Incomplete(views.MissingOf(row, provider));
        }

        if (_pace.Count(row.Id) is var wait && wait > TimeSpan.Zero)
        {
            TooManyRequests.SetRetryAfter(http.Response, wait);
            return Problem.TooMany($"A connection is tested {MostPerMinute} times in a minute at most.");
        }

        var (finding, status, latency) = await AskAsync(developer, row, provider, ct);

        // That one account's access has ended is no fault of the connection's: others live by it.
        var after = Next(row.Status, finding is { AccountId: not null, Verdict: CredentialVerdict.Refused } ? CredentialVerdict.Accepted : finding.Verdict);
        if (await SaveAsync(context, http, developer, row, finding, after, latency, ct) is { } refused)
        {
            return refused;
        }

        var result = ConnectionTestResult.Of(row, finding, status, latency, clock.GetStoredNow());
        return finding.Verdict == CredentialVerdict.CannotTell ? result.With(await statuses.FindAsync(row.OrganizationId, provider, ct)) : result;
    }

    /// <summary>A connection that is switched off stays so, and what nobody can tell changes nothing but that it was tried.</summary>
    public static ConnectionStatus Next(ConnectionStatus before, CredentialVerdict verdict) => (before, verdict) switch
    {
        (ConnectionStatus.Inactive, _) => before,
        (_, CredentialVerdict.Accepted or CredentialVerdict.Limited) => ConnectionStatus.Active,
        (_, CredentialVerdict.Refused) => ConnectionStatus.Error,
        (ConnectionStatus.Draft, _) => ConnectionStatus.Testing,
        _ => before,
    };

    /// <summary>The connection's own credential, and by an account, where there is one, what its app is given.</summary>
    private async Task<(Finding Finding, int Status, TimeSpan Latency)> AskAsync(Developer developer, Connection row, Provider provider, CancellationToken ct)
    {
        var own = await AskOwnAsync(row, provider, ct);
        return row.Auth == ConnectionAuth.OAuth2 && own.Finding.Verdict != CredentialVerdict.Refused && await accounts.AskAsync(developer, row, provider, ct) is { } byAccount ? byAccount : own;
    }

    private async Task<(Finding Finding, int Status, TimeSpan Latency)> AskOwnAsync(Connection row, Provider provider, CancellationToken ct)
    {
        var (call, read, fault) = await probe.PrepareAsync(row, provider, ct);
        if (call is null || read is null)
        {
            return (new Finding(CredentialVerdict.CannotTell, fault is null ? null : ConnectionCause.MissingRequiredSettings, fault), 0, TimeSpan.Zero);
        }

        var began = clock.GetTimestamp();
        var answer = await outbound.SendAsync(call, ct);
        return (read(answer), answer.Status, clock.GetElapsedTime(began));
    }

    private async Task<Problem?> SaveAsync(
        AuthDbContext context, HttpContext http, Developer developer, Connection row, Finding finding, ConnectionStatus after, TimeSpan latency, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        var took = ("latency_ms", (int)latency.TotalMilliseconds);
        var told = ConnectionEvents.Of(ConnectionEvents.Tested, http, developer, row, now, more: took, account: finding.AccountId) with
        {
            Reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Verdict.ToString()),
        };
        var fault = after == ConnectionStatus.Error ? finding.Fault?.Code : null;
        if (row.Status == after && row.Fault == fault)
        {
            context.AuditEvents.Add(AuditEventRow.From(told));
            return await context.TrySaveChangesAsync(developer, Role.Developer, ct) ? null : ConnectionSaves.NoLonger;
        }

        (row.Status, row.Fault) = (after, fault);
        var change = new ConnectionSave(new ConnectionDraft(row, ["status"], SecretChanged: false), told.Type, More: took) { Reason = told.Reason, Account = finding.AccountId };
        return await saves.SaveAsync(context, http, developer, [change], ConnectionReach.Whatever, ct);
    }
}

/// <summary>What the test of a connection showed.</summary>
[SnakeCase]
public sealed record ConnectionTestResult
{
    public required string ConnectionId { get; init; }

    /// <summary>Whether the provider takes the credential; <c>limited</c>: it does, but this call was not allowed.</summary>
    public required CredentialVerdict Verdict { get; init; }

    /// <summary>How the provider took to answer, in milliseconds; 0: it was not asked.</summary>
    public required int LatencyMs { get; init; }

    /// <summary>The answer's status; null: there was no answer.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The account by whose token it was tested; null: by the connection's own credential.</summary>
    public string? AccountId { get; init; }

    /// <summary>What usually is behind it.</summary>
    public ConnectionCause? Cause { get; init; }

    /// <summary>A code of the vault's one list of faults.</summary>
    public string? Fault { get; init; }

    /// <summary>What happened, in one sentence.</summary>
    public required string Message { get; init; }

    public required string NextStep { get; init; }

    /// <summary>Where the test could not tell: whether the provider has trouble with others too.</summary>
    public ProviderStatus? ProviderStatus { get; init; }

    /// <summary>The connection's, after the test.</summary>
    public required ConnectionStatus Status { get; init; }

    public required DateTimeOffset TestedAt { get; init; }

    /// <summary>Where others have the same trouble with the provider, the connection is not to blame.</summary>
    internal ConnectionTestResult With(ProviderStatus status) => !status.IsTrouble || Cause != ConnectionCause.ProviderUnavailable ? this with { ProviderStatus = status } : this with
    {
        ProviderStatus = status,
        Message = $"Nobody can tell: the provider has trouble. {status.Why}",
        NextStep = "Wait until it is over, and test again.",
    };

    internal static ConnectionTestResult Of(Connection row, Finding finding, int status, TimeSpan latency, DateTimeOffset now) => new()
    {
        ConnectionId = row.Id,
        Verdict = finding.Verdict,
        LatencyMs = (int)latency.TotalMilliseconds,
        HttpStatus = status == 0 ? null : status,
        AccountId = finding.AccountId,
        Cause = finding.Cause,
        Fault = finding.Fault?.Code,
        Message = finding.Verdict switch
        {
            CredentialVerdict.Accepted => "The provider accepts the credential.",
            CredentialVerdict.Limited => "The provider accepts the credential, but did not allow this call.",
            CredentialVerdict.Refused when row.Auth == ConnectionAuth.ApiKey => "The provider does not accept the API key.",
            _ => finding.Fault?.Words ?? "This provider cannot be asked about an app: it shows when the first account is connected.",
        },
        NextStep = finding.Verdict switch
        {
            CredentialVerdict.Accepted => "Nothing needs to be done.",
            CredentialVerdict.Limited => "Look whether the key may do what it is needed for.",
            CredentialVerdict.Refused when row.Auth == ConnectionAuth.ApiKey => "Make a new key at the provider and set it here.",
            _ when finding.Fault?.Kind != FaultKind.Transient => finding.Fault?.NextStep ?? "Connect an account.",

            // Calls and refreshes are tried again by themselves; a test is not.
            _ when finding.Cause == ConnectionCause.IncorrectEndpointUrls => "Look at the addresses in the connection's settings, and test it again.",
            _ => "Wait a while, and test it again: a test is not repeated by itself.",
        },
        Status = row.Status,
        TestedAt = now,
    };
}
