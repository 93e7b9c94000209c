using System.Net;
using System.Text.Json;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Delegations;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Jose;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;
using AuthServer.Protocol;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints.Rest;

/// <summary>"May it?": whether a token is good, for what is about to be done, and what the policies of its organization say. Reads no database
/// but where a limit must be counted; leaves one event.</summary>
public sealed class TokenVerification(
    AccessTokens tokens, ProofVerification proofs, Decisions decisions, TokenLimits limits, ScopeCatalog scopes, IAuditTrail trail, PreAuthenticationLimit limit, PartyPace pace,
    TimeProvider clock)
{
    private const int MostScopes = 100;
    private const int MostScopeText = 4096;
    private const int LongestText = 400;
    private const string ConstraintViolated = "constraint_violated";

    public async Task<Answer<VerifiedToken>> VerifyAsync(HttpContext http, Verifier verifier, VerifyBody body, CancellationToken ct)
    {
        if (Check(body, out var address) is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        // What is verified leaves an event, and a limit's count: a stranger's no faster than anybody else's calls.
        if (!verifier.IsAuthenticated && pace.Count(http, "verify_pace", http.Network()) is { } tooMany)
        {
            return Problem.TooMany(tooMany.Description);
        }

        if (await tokens.VerifyAsync(body.Token!, ct) is not { } claims)
        {
            return await RefuseAsync(http, verifier, "token_invalid", "The token is malformed, expired or revoked, or not of this server.", null, ct, verifier.IsAuthenticated ? tokens.FaultOf(body.Token!) : null);
        }

        if (verifier.IsAnotherAudience(claims))
        {
            return await RefuseAsync(http, verifier, "wrong_audience", "The token was made for another API.", claims, ct);
        }

        if (await proofs.CheckAsync(verifier, body, claims, ct) is { } unproven)
        {
            return await RefuseAsync(http, verifier, unproven.Code, unproven.Sentence, claims, ct, unproven.Reason);
        }

        var whole = verifier.Concerns(claims);
        var (broken, takes) = body.RequiredScopes is { Count: > 0 } ? await HoldAsync(claims, body.Context, ct) : (null, []);
        if (broken is not null)
        {
            await trail.AppendAsync(
                Event(http, verifier, claims) with { Outcome = AuditOutcomes.Denied, Reason = ConstraintViolated, Detail = BoundDetail(verifier, broken) }, ct);
            return VerifiedToken.Refused(ConstraintViolated, whole ? $"The delegation bounds {broken.Key}: {broken.Json}." : null);
        }

        var input = await InputAsync(claims, body, whole ? address : null, ct) with { Limits = takes };
        var told = Event(http, verifier, claims) with { Personal = whole ? Metadata(body.Context) : null };

        // Only of what an API says that the token was made for is anybody asked, and only by it is an approval used up.
        var act = whole && verifier.IsAuthenticated ? new ApprovableAct { Details = body.Context?.Other }.By(claims) : null;
        var verdict = await decisions.DecideAsync(input, told, verifier.Name, body.ActionId, act, ct);
        return VerifiedToken.Of(claims, input, verdict, whole);
    }

    /// <summary>Holds the action to the bounds of its delegation: the one that it breaks, or about which the resource server says nothing; else what it
    /// takes from what may be used in all.</summary>
    private async ValueTask<(Constraint? Broken, IReadOnlyList<LimitTake> Limits)> HoldAsync(JwtClaims claims, VerifyContext? context, CancellationToken ct)
    {
        var bounds = DelegationBounds.OfToken(claims);
        var stated = DelegationBounds.Stated(context?.Amount, context?.Currency, context?.Other);
        if (bounds.PerAction.FirstAgainst(new ActionValues { Stated = stated }) is { } broken)
        {
            return (broken, []);
        }

        var (takes, unusable) = await limits.TakesAsync(claims, bounds, stated, ct);
        return (unusable, takes);
    }

    private async ValueTask<PolicyInput> InputAsync(JwtClaims claims, VerifyBody body, IPAddress? address, CancellationToken ct)
    {
        var organization = claims.Text(AccessToken.Names.OrganizationId);
        var known = await scopes.KnownAsync(organization, ct);
        return new PolicyInput
        {
            Now = clock.GetUtcNow(),
            OrganizationId = organization ?? "",
            AgentId = AccessTokens.AgentOf(claims),
            AgentType = claims.Text(AccessToken.Names.AgentType),
            TrustLevel = claims.Text(AccessToken.Names.TrustLevel),
            UserId = PersonOf(claims),
            ClientId = claims.Text("client_id"),
            Granted = ScopeNames.Parse(claims.Text("scope") ?? "") ?? [],
            Required = body.RequiredScopes ?? [],
            Risk = scope => known.Describe(scope).Risk,
            Resource = body.Resource,
            Address = address,
            GrantedAt = claims.Text(AccessToken.Names.AuthorizationId) is { } consent ? Identifiers.TimeOf("con_", consent) : null,
            Amount = body.Context?.Amount,
            Currency = body.Context?.Currency,
        };
    }

    private static string BoundDetail(Verifier verifier, Constraint broken) => JsonSerializer.Serialize(new { enforcer = verifier.Name, constraint = broken.Json });

    /// <summary>Without a decision to make. A stranger's attempt is counted, not stored: anybody can send as many as they like.</summary>
    private async Task<Answer<VerifiedToken>> RefuseAsync(
        HttpContext http, Verifier verifier, string code, string reason, JwtClaims? claims, CancellationToken ct, string? fault = null)
    {
        if (!verifier.IsAuthenticated)
        {
            return limit.Refuse(http, OAuthError.InvalidGrant(fault ?? code)) is { Code: TooManyRequests.Code } tooMany
                ? Problem.TooMany(tooMany.Description)
                : VerifiedToken.Refused(code, null);
        }

        var detail = JsonSerializer.Serialize(new { enforcer = verifier.Name, fault });
        var told = Event(http, verifier, claims) with { Outcome = AuditOutcomes.Denied, Reason = code, Detail = detail };
        await trail.AppendAsync(told, ct);
        return VerifiedToken.Refused(code, reason);
    }

    private AuditEvent Event(HttpContext http, Verifier verifier, JwtClaims? claims) =>
        http.Event(AuditEventTypes.TokenVerified, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = claims is null ? null : claims.Text("sub"),
            ClientId = claims is null ? verifier.ClientId : claims.Text("client_id"),
            AgentId = claims is null ? null : AccessTokens.AgentOf(claims),
            OrganizationId = claims is null ? verifier.OrganizationId : claims.Text(AccessToken.Names.OrganizationId),
            Target = claims is null ? null : claims.Text("jti"),
        };

    /// <summary>What the resource server tells the trail of its own request. It may name people, so it can be erased.</summary>
    private static string? Metadata(VerifyContext? context) =>
        context?.Other is { Count: > 0 } other ? AuditDetail.Mask(JsonSerializer.SerializeToElement(new { context = other })) : null;

    private static Dictionary<string, string[]> Check(VerifyBody body, out IPAddress? address)
    {
        address = null;
        var faults = new Dictionary<string, string[]>();
        void Require(bool holds, string field, string sentence)
        {
            if (!holds)
            {
                faults[field] = [sentence];
            }
        }

        var required = body.RequiredScopes ?? [];
        Require(!string.IsNullOrEmpty(body.Token), "token", "Give the token to verify.");
        Require(
            required.Count <= MostScopes && required.All(IsScope) && required.Sum(scope => scope.Length) <= MostScopeText,
            "requiredScopes", $"Give at most {MostScopes} scopes, each as one string of at most {Pattern.LongestAction} characters, {MostScopeText} in all.");
        Require(body.Dpop is null || ProofVerification.IsWhole(body.Dpop), "dpop", "Give proof, htm and htu: an absolute address.");
        Require(body.ActionId is null || IsText(body.ActionId), "actionId", $"Use 1 to {LongestText} characters.");
        Require(body.Resource is null || IsText(body.Resource), "resource", $"Use 1 to {LongestText} characters.");
        Require(body.Context?.Ip is null || Network.TryAddress(body.Context.Ip, out address), "context.ip", "This is no IP address.");
        Require(body.Context?.Amount is null or >= 0, "context.amount", "An amount is not negative.");
        Require(body.Context?.Currency is null || (body.Context.Currency.Length == 3 && body.Context.Currency.All(char.IsAsciiLetterUpper)), "context.currency", "Use three letters, such as EUR.");
        return faults;
    }

    private static bool IsScope(string? scope) => scope is { Length: <= Pattern.LongestAction } && ScopeNames.IsOne(scope);

    private static bool IsText(string text) => text.Length is > 0 and <= LongestText && !text.Any(char.IsControl);

    private static string? PersonOf(JwtClaims claims) => claims.Text("sub") is { } subject && subject.StartsWith("usr_", StringComparison.Ordinal) ? subject : null;
}
