using System.Buffers.Text;
using System.Text;
using AuthServer.Accounts.Strong;
using AuthServer.Consents;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>Authorization requests that wait for a person: stored only when a page is needed, for ten minutes, bound to the browser,
/// and checked anew each time they are taken up, since the client may have changed meanwhile.</summary>
public sealed class Interactions(
    IAuthorizationRequests requests, AuthorizeRequests parser, Authorizations authorizations, BrowserCookie browser, PreAuthenticationLimit limit, Strength strength,
    TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // The link of a filed request travels by other ways before a person opens it.
    private static readonly TimeSpan FiledLifetime = TimeSpan.FromHours(1);

    /// <summary>Stores a request; the error when its address has too many.</summary>
    public async Task<Result<Interaction>> BeginAsync(HttpContext http, string parameters, AuthorizeRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var stored = new StoredAuthorizationRequest
        {
            Id = Handle.New(),
            Parameters = parameters,
            BrowserHash = browser.Ensure(http),
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
            Address = http.Address(),
        };
        if (limit.Count(http) is { } tooMany)
        {
            return tooMany;
        }

        return await requests.TryAddAsync(stored, ct)
            ? new Interaction(stored, request)
            : TooManyRequests.Answer(http, Lifetime);
    }

    /// <summary>Stores a request that an agent files; its person takes it up in whichever browser they open it. The error when the agent, or the
    /// stranger's network, has too many.</summary>
    /// <param name="isProven">The caller has proven to be the agent.</param>
    /// <param name="forSubject">The only person who may answer; null: anybody.</param>
    /// <param name="required">What a person cannot leave out.</param>
    public async Task<Result<Interaction>> FileAsync(
        HttpContext http, string parameters, AuthorizeRequest request, bool isProven, string? forSubject, IReadOnlyList<string> required, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var stored = new StoredAuthorizationRequest
        {
            Id = Handle.New(),
            Parameters = parameters,
            BrowserHash = "",
            CreatedAt = now,
            ExpiresAt = now + FiledLifetime,
            Address = isProven ? request.Client.Id : http.Network(),
            ForSubject = forSubject,
            RequiredScopes = required,
        };
        return await requests.TryAddAsync(stored, ct) ? new Interaction(stored, request) : TooManyRequests.Answer(http, FiledLifetime);
    }

    /// <summary>A filed request, for whoever knows its id; null when there is none that waits.</summary>
    public async Task<Interaction?> FindFiledAsync(string requestId, CancellationToken ct) =>
        await FindStoredAsync(requestId, ct) is { IsFiled: true } stored ? await ReadAsync(stored, ct) : null;

    /// <summary>Null when it is unknown, expired, used, or was begun by another browser.</summary>
    public async Task<Interaction?> FindAsync(HttpContext http, string? requestId, CancellationToken ct)
    {
        if (await FindStoredAsync(requestId, ct) is not { } stored)
        {
            return null;
        }

        return stored.IsFiled || browser.Matches(http, stored.BrowserHash) ? await ReadAsync(stored, ct) : null;
    }

    // What is no handle of ours is not worth a query, and a database may fail on it (PostgreSQL on NUL).
    private async Task<StoredAuthorizationRequest?> FindStoredAsync(string? requestId, CancellationToken ct) =>
        requestId is not null && Base64Url.IsValid(requestId) ? await requests.FindAsync(requestId, clock.GetUtcNow(), ct) : null;

    private async Task<Interaction?> ReadAsync(StoredAuthorizationRequest stored, CancellationToken ct)
    {
        if (Parameters.Parse(Encoding.UTF8.GetBytes(stored.Parameters)).Value is not { } parameters)
        {
            return null;
        }

        var redirect = await parser.IdentifyAsync(parameters, ct, stored.IsFiled);
        return redirect.Value is { } target && (await parser.ValidateAsync(parameters, target, ct)).Value is { } request
            ? new Interaction(stored, request)
            : null;
    }

    /// <summary>Whether this person is asked: what an agent filed may be for one person only.</summary>
    public static bool Asks(Interaction interaction, SignedInPerson person) => (interaction.Stored.OnlySubject ?? person.Subject) == person.Subject;

    /// <summary>Whether this person may allow what is asked, in the state that their sign-in is in.</summary>
    public async Task<bool> MayAllowAsync(Interaction interaction, SignedInPerson person, CancellationToken ct) =>
        Asks(interaction, person) && !AuthorizeStep.MustSignInToAllow(
            interaction.Request, person, interaction.Stored, clock.GetUtcNow(), interaction.Request.IsCritical ? await strength.FactorsAsync(person.Subject, ct) : Factors.None);

    public Task SelectAccountAsync(Interaction interaction, SignedInPerson person, CancellationToken ct) =>
        requests.TrySelectAsync(interaction.Stored.Id, person.Subject, ct);

    /// <summary>Keeps what a person unticked in an answer that does not count, because they have to sign in first.</summary>
    public async Task LeaveOutAsync(Interaction interaction, IEnumerable<string> scopes, CancellationToken ct)
    {
        if (interaction.Request.Asked.Intersect(scopes).Except(interaction.Stored.LeftOut).ToList() is { Count: > 0 } left)
        {
            await requests.TryLeaveOutAsync(interaction.Stored.Id, left, ct);
        }
    }

    /// <param name="scopes">What the person approved: those of the request that are not among them are not granted.</param>
    /// <returns>The interaction with the answer in it; null when it was answered already.</returns>
    public async Task<Interaction?> ApproveAsync(HttpContext http, Interaction interaction, SignedInPerson person, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        var request = interaction.Request;
        string[] approved = [.. request.Asked.Where(scopes.Contains)];

        // Without what the agent cannot do without there is nothing to grant.
        if (approved.Length == 0 || interaction.Stored.RequiredScopes?.All(approved.Contains) == false)
        {
            return await DenyAsync(interaction, person, ct);
        }

        var remember = request.Client.IdentityIsAssured(request.Redirect.Uri);
        var granted = Event(http, AuditEventTypes.ConsentGranted, AuditOutcomes.Success, interaction, person) with
        {
            Scope = ScopeNames.Join(approved),
            Detail = TokenDetail.Of(GrantTypes.AuthorizationCode, approved, request.Target.Resources),
        };
        return await authorizations.TryAddAsync(request, interaction.Stored.Id, person.Subject, approved, remember, granted, ct) is { } authorization
            ? Answered(interaction, person, authorization.Id)
            : null;
    }

    /// <summary>The refusal goes to the trail when it goes to the client.</summary>
    /// <returns>The interaction with the answer in it; null when it was answered already.</returns>
    public async Task<Interaction?> DenyAsync(Interaction interaction, SignedInPerson person, CancellationToken ct) =>
        await authorizations.TryDenyAsync(interaction.Stored.Id, person.Subject, clock.GetUtcNow(), ct) ? Answered(interaction, person, null) : null;

    private static Interaction Answered(Interaction interaction, SignedInPerson person, string? authorizationId) =>
        interaction with { Stored = interaction.Stored with { ConsentSubject = person.Subject, AuthorizationId = authorizationId } };

    private AuditEvent Event(HttpContext http, string type, string outcome, Interaction interaction, SignedInPerson person) =>
        http.Event(type, outcome, clock.GetUtcNow()) with
        {
            Subject = person.Subject,
            ClientId = interaction.Request.Client.ClientId,
            AgentId = interaction.Request.Actor?.Agent?.Id,
            OrganizationId = interaction.Request.Actor?.Agent?.OrganizationId,
        };
}
