using System.Text.Json;
using AuthServer.Agents.Credentials;
using AuthServer.Data;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Http;

/// <summary>Verifies access tokens of ours: signature, type, issuer, time, and that nothing they hang on was ended. Reads no database.</summary>
public sealed class AccessTokens(SigningKeys keys, RevocationIndex revocations, RevocationFeed feed, IssuerUri issuer, TimeProvider clock)
{
    private static readonly JwsTyp Typ = JwsTyp.Of(AccessToken.MediaType);

    private readonly VerifiedTokens _verified = new(Typ);

    /// <summary>The token's claims while it is alive; null for everything else.</summary>
    public async ValueTask<JwtClaims?> VerifyAsync(string token, CancellationToken ct)
    {
        // A node that may have missed a revocation asks the database before it says yes.
        if (!feed.IsCurrent)
        {
            await feed.CatchUpAsync(ct);
        }

        return Verify(token);
    }

    /// <summary>Why a token is not alive, in one word for the trail; null: it is.</summary>
    public string? FaultOf(string token)
    {
        var result = Jws.Verify(token, Typ, keys.Verification);
        return result.Claims is { } claims ? FaultOf(claims) : JsonNamingPolicy.SnakeCaseLower.ConvertName($"{result.Failure}");
    }

    /// <summary>What a token of ours says, dead or alive, and in one word why it is not alive; no claims: we never issued it.</summary>
    public async ValueTask<(JwtClaims? Claims, string? Fault)> ExamineAsync(string token, CancellationToken ct)
    {
        if (!feed.IsCurrent)
        {
            await feed.CatchUpAsync(ct);
        }

        return Jws.Verify(token, Typ, keys.Verification).Claims is { } claims && claims.StringEquals("iss", issuer.Value) ? (claims, FaultOf(claims)) : (null, null);
    }

    private JwtClaims? Verify(string token) => _verified.Verify(token, keys.Verification) is { } claims && FaultOf(claims) is null ? claims : null;

    private string? FaultOf(JwtClaims claims) =>
        !claims.StringEquals("iss", issuer.Value) ? "wrong_issuer"

        // It shows who passed what on, and is nobody's to use.
        : claims.Contains("aud", IssuedChain.LinkAudience) ? "link"
        : !claims.TryGetNumericDate("exp", out var exp) || !claims.TryGetNumericDate("iat", out var iat) ? "malformed_claims"
        : clock.GetUtcNow().ToUnixTimeSeconds() >= exp ? "expired"
        : Ended(claims, DateTimeOffset.FromUnixTimeSeconds(iat)) ? "ended"
        : null;

    private bool Ended(JwtClaims claims, DateTimeOffset issuedAt)
    {
        return EndedByChain(claims, issuedAt)
            || EndedAny(claims, AccessToken.Names.KeyIds, RevocationKind.Credential)
            || revocations.Ended(RevocationKind.Token, claims.Text("jti"))
            || revocations.Ended(RevocationKind.Family, claims.Text(AccessToken.Names.FamilyId))
            || revocations.Ended(RevocationKind.Family, claims.Text(AccessToken.Names.SubjectFamilyId))
            || revocations.Ended(RevocationKind.Session, claims.Text("sid"))
            || revocations.EndedBefore(RevocationKind.Subject, claims.Text("sub"), issuedAt)
            || revocations.EndedBefore(RevocationKind.Client, claims.Text("client_id"), issuedAt)
            || revocations.EndedBefore(RevocationKind.Agent, AgentOf(claims), issuedAt)
            || revocations.EndedBefore(RevocationKind.Organization, claims.Text(AccessToken.Names.OrganizationId), issuedAt);
    }

    /// <summary>Whether a hop was cut that it came by, or an agent ended that acted in it before or in whose name it is.</summary>
    private bool EndedByChain(JwtClaims claims, DateTimeOffset issuedAt)
    {
        if (!claims.TryGetObject("act", out var act))
        {
            return false;
        }

        if (EndedAny(claims, AccessToken.Names.DelegationChain, RevocationKind.Delegation))
        {
            return true;
        }

        for (var prior = act; prior.TryGetObject("act", out var next); prior = next)
        {
            if (next.TryGetString("sub", out var agent) && revocations.EndedBefore(RevocationKind.Agent, agent, issuedAt))
            {
                return true;
            }
        }

        return claims.TryGetString("sub", out var subject) && revocations.EndedBefore(RevocationKind.Agent, subject, issuedAt);
    }

    private bool EndedAny(JwtClaims claims, string name, RevocationKind kind) =>
        claims.TryGetStrings(name, out var ids) && ids.Any(id => revocations.Ended(kind, id));

    /// <summary>The agent that acts: for the subject, or as the subject.</summary>
    public static string? AgentOf(JwtClaims claims)
    {
        if (claims.TryGetObject("act", out var act))
        {
            return act.TryGetString("sub", out var agent) ? agent : null;
        }

        return claims.Has(AccessToken.Names.AgentType) && claims.TryGetString("sub", out var self) ? self : null;
    }

    /// <summary>The keys that a token came by: it names them, or hangs on an authorization that has the key's own id.</summary>
    public static IReadOnlyList<string> KeysOf(JwtClaims claims)
    {
        IEnumerable<string> named = claims.TryGetStrings(AccessToken.Names.KeyIds, out var ids) ? ids : [];
        return [.. named.Concat(Identifiers.Read(ApiKey.IdPrefix, claims.Text(AccessToken.Names.AuthorizationId) ?? "") is { } opener ? [opener] : [])];
    }
}
