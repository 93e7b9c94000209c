using AuthServer.Consents;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>Ends an authorization request: with a code, or with a refusal, in one commit with its event.</summary>
public sealed class CodeIssuer(
    IAuthorizationCodes codes, IAuthorizationRequests stored, Authorizations authorizations, AuthorizationResponse response, TimeProvider clock)
{
    private const string AnsweredAlready = "This request was answered already. Go back to the application.";

    public async Task IssueAsync(HttpContext http, AuthorizeRequest request, AuthorizeStep.Issue issue, Interaction? interaction, CancellationToken ct)
    {
        if (await CreateAsync(http, request, issue, interaction, ct) is not { } code)
        {
            // Two tabs or a double click: the other one has the code.
            DisplayedError.Show(http, OAuthError.InvalidRequest(AnsweredAlready, "request_id"));
            return;
        }

        await response.SendAsync(http, request.Redirect, request.ResponseMode, [new("code", code)]);
    }

    /// <summary>A new code, stored with its event; null where the request was answered already.</summary>
    public async Task<string?> CreateAsync(HttpContext http, AuthorizeRequest request, AuthorizeStep.Issue issue, Interaction? interaction, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if ((issue.Authorization ?? await ConsentForEverybodyAsync(http, request, issue, interaction, now, ct)) is not { } authorization)
        {
            return null;
        }

        var value = Handle.New();
        var code = Describe(request, issue, authorization, value, now) with { ForExchange = interaction?.Stored.IsFiled == true };
        var issued = http.Event(AuditEventTypes.CodeIssued, AuditOutcomes.Success, now) with
        {
            Subject = issue.Person.Subject,
            ClientId = request.Client.ClientId,
            AgentId = code.Rights.Actor?.Id,
            OrganizationId = code.Rights.Actor?.OrganizationId,
            Scope = ScopeNames.Join(issue.Scopes),
            Target = code.Rights.FamilyId,
            Detail = TokenDetail.Of(GrantTypes.AuthorizationCode, issue.Scopes, request.Target.Resources),
        };
        return await codes.TryAddAsync(code, interaction?.Stored.Id, issued, ct) ? value : null;
    }

    public async Task RefuseAsync(
        HttpContext http, RedirectTarget redirect, string responseMode, OAuthError error, Interaction? interaction, CancellationToken ct)
    {
        // Without an interaction nobody has done anything: a faulty request, or prompt=none with nobody signed in.
        if (interaction is not null && !await TryRefuseAsync(http, interaction, error, ct))
        {
            DisplayedError.Show(http, OAuthError.InvalidRequest(AnsweredAlready, "request_id"));
            return;
        }

        await response.SendAsync(http, redirect, responseMode, response.Of(error));
    }

    /// <summary>Ends the request with its event; false where it was answered already.</summary>
    public Task<bool> TryRefuseAsync(HttpContext http, Interaction interaction, OAuthError error, CancellationToken ct)
    {
        var request = interaction.Request;
        var denied = error.Reason == "person_refused";
        var refused = http.Event(denied ? AuditEventTypes.ConsentDenied : AuditEventTypes.AuthorizationRefused, AuditOutcomes.Denied, clock.GetUtcNow()) with
        {
            Subject = interaction.Stored.ConsentSubject,
            ClientId = request.Client.ClientId,
            AgentId = request.Actor?.Agent?.Id,
            OrganizationId = request.Actor?.Agent?.OrganizationId,
            Scope = ScopeNames.Join(request.Asked),
            Reason = error.Reason ?? error.Code,
        };
        return stored.TryRefuseAsync(interaction.Stored.Id, refused, ct);
    }

    private Task<RememberedAuthorization?> ConsentForEverybodyAsync(
        HttpContext http, AuthorizeRequest request, AuthorizeStep.Issue issue, Interaction? interaction, DateTimeOffset now, CancellationToken ct)
    {
        var granted = http.Event(AuditEventTypes.ConsentGranted, AuditOutcomes.Success, now) with
        {
            Subject = issue.Person.Subject,
            ClientId = request.Client.ClientId,
            Reason = "operator",
            Detail = TokenDetail.Of(GrantTypes.AuthorizationCode, issue.Scopes, request.Target.Resources),
        };
        return authorizations.TryAddAsync(request, interaction?.Stored.Id, issue.Person.Subject, request.Asked, remember: true, granted, ct);
    }

    private static AuthorizationCode Describe(
        AuthorizeRequest request, AuthorizeStep.Issue issue, RememberedAuthorization authorization, string value, DateTimeOffset now)
    {
        // A claim asked for by name is part of a scope, and is given with it or not at all.
        var claims = request.Claims.Within(authorization.Scopes.Contains);
        var family = Identifiers.New("fam_", now);
        return new AuthorizationCode
        {
            Id = Identifiers.Member(family, now),
            ReferenceId = Handle.ReferenceId(value),
            Rights = new GrantedRights
            {
                AuthorizationId = authorization.Id,
                AuthorizationExpiresAt = authorization.ExpiresAt,
                FamilyId = family,
                ApplicationId = request.Client.Id,
                Subject = issue.Person.Subject,
                Actor = request.Actor?.Agent,
                Scopes = issue.Scopes,
                Resources = request.Target.Resources,
                SessionId = issue.Person.SessionId,
                AuthTime = issue.Person.AuthTime,
                Acr = issue.Person.Acr,
                Amr = issue.Person.Amr,
                IdTokenClaims = claims.IdToken,
                UserInfoClaims = claims.UserInfo,
                Sender = request.DPoPKey is { } key ? new SenderConstraint(key) : null,
            },
            RedirectUri = request.Redirect.UriWasNamed ? request.Redirect.Uri : null,
            CodeChallenge = request.CodeChallenge,
            Nonce = request.Nonce,
            CreatedAt = now,
            ExpiresAt = now + request.Client.Lifetimes.Code,
        };
    }
}
