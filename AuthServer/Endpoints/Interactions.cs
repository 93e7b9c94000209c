using System.Buffers.Text;
using System.Text;
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
    IAuthorizationRequests requests, AuthorizeRequests parser, Authorizations authorizations, BrowserCookie browser, PreAuthenticationLimit limit, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

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

    /// <summary>Null when it is unknown, expired, used, or was begun by another browser.</summary>
    public async Task<Interaction?> FindAsync(HttpContext http, string? requestId, CancellationToken ct)
    {
        // What is no handle of ours is not worth a query, and a database may fail on it (PostgreSQL on NUL).
        if (requestId is null || !Base64Url.IsValid(requestId)
            || await requests.FindAsync(requestId, clock.GetUtcNow(), ct) is not { } stored
            || !browser.Matches(http, stored.BrowserHash)
            || Parameters.Parse(Encoding.UTF8.GetBytes(stored.Parameters)).Value is not { } parameters)
        {
            return null;
        }

        var redirect = await parser.IdentifyAsync(parameters, ct);
        return redirect.Value is { } target && (await parser.ValidateAsync(parameters, target, ct)).Value is { } request
            ? new Interaction(stored, request)
            : null;
    }

    public Task SelectAccountAsync(Interaction interaction, SignedInPerson person, CancellationToken ct) =>
        requests.TryUpdateAsync(interaction.Stored with { SelectedSubject = person.Subject }, ct);

    /// <param name="scopes">What the person approved: those of the request that are not among them are not granted.</param>
    public async Task ApproveAsync(HttpContext http, Interaction interaction, SignedInPerson person, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        var request = interaction.Request;
        string[] approved = [.. request.Asked.Where(scopes.Contains)];
        if (approved.Length == 0)
        {
            await DenyAsync(interaction, person, ct);
            return;
        }

        var remember = request.Client.IdentityIsAssured(request.Redirect.Uri);
        var granted = Event(http, AuditEventTypes.ConsentGranted, AuditOutcomes.Success, interaction, person) with
        {
            Detail = TokenDetail.Of(GrantTypes.AuthorizationCode, approved, request.Target.Resources),
        };
        var authorization = await authorizations.AddAsync(request, person.Subject, approved, remember, granted, ct);
        await requests.TryUpdateAsync(
            interaction.Stored with { ConsentSubject = person.Subject, AuthorizationId = authorization.Id }, ct);
    }

    /// <summary>The refusal goes to the trail when it goes to the client.</summary>
    public Task DenyAsync(Interaction interaction, SignedInPerson person, CancellationToken ct) =>
        requests.TryUpdateAsync(interaction.Stored with { ConsentSubject = person.Subject, AuthorizationId = null }, ct);

    private AuditEvent Event(HttpContext http, string type, string outcome, Interaction interaction, SignedInPerson person) =>
        http.Event(type, outcome, clock.GetUtcNow()) with { Subject = person.Subject, ClientId = interaction.Request.Client.ClientId };
}
