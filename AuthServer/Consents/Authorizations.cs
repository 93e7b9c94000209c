using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Consents;

/// <summary>What people granted to clients: rows of OpenIddict's authorizations, with the address and resources they were granted for.</summary>
public sealed class Authorizations(IDbContextFactory<AuthDbContext> contexts, ConsentAnswers answers, MetadataDocuments documents, AuthServerOptions options)
{
    private const string Valid = "valid";
    private const string Permanent = "permanent";
    private const string AdHoc = "ad-hoc";

    // Not static: a compiled query belongs to the model, and so to the database, of the server that ran it first.
    private readonly Func<AuthDbContext, string, string, string?, IAsyncEnumerable<Row>> _query = EF.CompileAsyncQuery(
        (AuthDbContext context, string applicationId, string subject, string? alsoId) =>
            from authorization in context.Authorizations.AsNoTracking()
            join consent in context.Consents on authorization.Id equals consent.AuthorizationId
            where authorization.ApplicationId == applicationId
                && authorization.Status == Valid
                && authorization.Subject == subject
                && (authorization.Type == Permanent || authorization.Id == alsoId)
            orderby authorization.Id descending
            select new Row(authorization.Id, authorization.Scopes, consent.Resources, consent.RedirectHost, consent.ExpiresAt, consent.ActorId));

    /// <summary>The person's live authorizations of this client that are remembered, and the one named.</summary>
    /// <param name="alsoId">An authorization for one flow, which is not remembered.</param>
    public async Task<IReadOnlyList<RememberedAuthorization>> FindAsync(string applicationId, string subject, string? alsoId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var found = new List<RememberedAuthorization>();
        await foreach (var (id, scopes, resources, host, expiresAt, actorId) in _query(context, applicationId, subject, alsoId).WithCancellation(ct))
        {
            found.Add(new RememberedAuthorization(
                id, ApplicationMapping.Strings(scopes), ApplicationMapping.Strings(resources), host, expiresAt, actorId));
        }

        return found;
    }

    /// <summary>Records what a person granted, or the operator for everybody, and the event with it. It claims the stored request that it answers in the
    /// same commit; null when that was answered already or is gone, and then nothing is stored.</summary>
    /// <param name="requestId">The stored request; null where no page was needed.</param>
    /// <param name="remember">Whether later requests may rely on it.</param>
    public async Task<RememberedAuthorization?> TryAddAsync(
        AuthorizeRequest request, string? requestId, string subject, IReadOnlyList<string> scopes, bool remember, AuditEvent granted, CancellationToken ct)
    {
        OpenIddictApplication? application = null;
        if (request.Client.Introduction == ClientIntroduction.Document && (application = documents.RowOf(request.Client)) is null)
        {
            return null;
        }

        var now = granted.At;
        var id = Identifiers.New("con_", now);
        DateTimeOffset? expiresAt = remember ? now + options.Tokens.Consent : null;
        var host = RememberedAuthorization.HostOf(request.Redirect.Uri);
        var authorization = new OpenIddictAuthorization
        {
            Id = id,
            ApplicationId = request.Client.Id,
            ConcurrencyToken = Guid.NewGuid().ToString(),
            CreationDate = now.UtcDateTime,
            Scopes = ApplicationMapping.Json(scopes),
            Status = Valid,
            Subject = subject,
            Type = remember ? Permanent : AdHoc,
        };
        var consent = new Consent
        {
            AuthorizationId = id,
            ApplicationId = request.Client.Id,
            Subject = subject,
            RedirectHost = host,
            ActorId = request.OtherActorId,
            Resources = ApplicationMapping.Json(request.Target.Resources) ?? "[]",
            ExpiresAt = expiresAt,
        };
        return await answers.TryGrantAsync(requestId, authorization, consent, application, granted with { Target = id }, ct)
            ? new RememberedAuthorization(id, scopes, request.Target.Resources, host, expiresAt, request.OtherActorId)
            : null;
    }

    /// <summary>Claims the stored request for a person's refusal; false when it was answered already or is gone.</summary>
    public Task<bool> TryDenyAsync(string requestId, string subject, DateTimeOffset now, CancellationToken ct) =>
        answers.TryDenyAsync(requestId, subject, now, ct);

    private sealed record Row(string Id, string? Scopes, string Resources, string RedirectHost, DateTimeOffset? ExpiresAt, string? ActorId);
}
