using System.Security.Cryptography;
using System.Text;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Certificates;
using AuthServer.Jose;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>Says which client sends a request, and refuses who cannot prove it. A failure costs the same whether the client exists or not.</summary>
public sealed class ClientAuthentication(
    ApplicationDirectory applications,
    ApiKeys agentKeys,
    ClientKeys keys,
    RememberedSecrets remembered,
    RevocationIndex revocations,
    CertificateTokens certificates,
    IReplayGuard replays,
    PreAuthenticationLimit limit,
    IssuerUri issuer,
    TimeProvider clock)
{
    private static readonly JwsTyp AssertionType = JwsTyp.JwtOrAbsent.Or("client-authentication+jwt");

    public async Task<Result<Client>> AuthenticateAsync(HttpContext http, Parameters form, CancellationToken ct)
    {
        var authorization = http.Request.Headers.Authorization;
        if (authorization.Count > 1)
        {
            return OAuthError.InvalidRequest("There is more than one Authorization header.");
        }

        if (ClientCredentials.Read(form, authorization.Count == 0 ? null : authorization[0]).Failed(out var error, out var credentials))
        {
            return limit.Refuse(http, error);
        }

        if (credentials.Method == ClientAuthenticationMethods.PrivateKeyJwt && CertificateTokens.KeyIdOf(credentials.Proof!) is not null)
        {
            return credentials.ClientId is { } named && (await ByCertificateAsync(named, credentials.Proof!, ct)).Client is { } agent
                ? agent
                : limit.Refuse(http, OAuthError.InvalidClient("certificate"));
        }

        if (IsSecret(credentials.Method) && ApiKeys.IsOne(credentials.Proof!))
        {
            return await agentKeys.FindAsync(credentials.Proof!, ct) is { } bound && IsNamed(bound, credentials.ClientId)
                ? bound
                : limit.Refuse(http, OAuthError.InvalidClient("api_key"));
        }

        var clientId = credentials.ClientId ?? (credentials.Method == ClientAuthenticationMethods.PrivateKeyJwt ? IssuerOf(credentials.Proof) : null);
        var client = await applications.FindAsync(clientId, ct);
        if (client is not null && credentials.Proof is { } secret && IsSecret(credentials.Method) && MayUse(client, credentials.Method)
            && remembered.Knows(client.ClientId, client.ConcurrencyToken, secret))
        {
            return client;
        }

        if (client is not null && IsSecret(credentials.Method) && MayUse(client, credentials.Method) && IsGenerated(client, credentials.Proof!))
        {
            return client;
        }

        // A secret that is not remembered is costly to check and may be a guess. Nothing else can be guessed, so it need not wait.
        if (IsSecret(credentials.Method) && limit.WaitFor(http) is { } tooMany)
        {
            return tooMany;
        }

        // Another node may have given it a new secret a moment ago, which works beside the old one.
        if (client is { Secrets.Count: > 0 } && IsSecret(credentials.Method) && MayUse(client, credentials.Method))
        {
            applications.Forget(client.ClientId);
            client = await applications.FindAsync(clientId, ct);
            if (client is not null && MayUse(client, credentials.Method) && IsGenerated(client, credentials.Proof!))
            {
                return client;
            }
        }

        var failure = credentials.Method switch
        {
            ClientAuthenticationMethods.PrivateKeyJwt => await CheckAssertionAsync(client, credentials.Proof!, ct),
            ClientAuthenticationMethods.None => client is { IsPublic: true } && MayUse(client, credentials.Method) ? null : "client_must_authenticate",
            _ => CheckSecret(client, credentials),
        };
        return failure is null && client is not null ? client : limit.Refuse(http, OAuthError.InvalidClient(failure ?? "unknown_client"));
    }

    /// <summary>For the token endpoint alone (RFC 7523 §2.1): the assertion is the grant and says who sends it; another credential beside it could only
    /// contradict it.</summary>
    public async Task<Result<Client>> AuthenticateByGrantAsync(HttpContext http, Parameters form, CancellationToken ct)
    {
        if (http.Request.Headers.Authorization.Count > 0 || form.Has("client_secret") || form.Has("client_assertion") || form.Has("client_assertion_type"))
        {
            return limit.Refuse(http, OAuthError.InvalidRequest("The assertion says who sends it: send no other credential beside it."));
        }

        if (form["assertion"] is not { } assertion)
        {
            return limit.Refuse(http, OAuthError.InvalidRequest("assertion is missing."));
        }

        var (client, fault) = await ByCertificateAsync(form["client_id"], assertion, ct);
        if (client is null)
        {
            return limit.Refuse(http, OAuthError.InvalidGrant(fault!));
        }

        return client;
    }

    /// <summary>An agent of the organization whose certificate signed this, or, where none is named, the organization itself; bounded by the certificate.</summary>
    private async Task<(Client? Client, string? Fault)> ByCertificateAsync(string? clientId, string assertion, CancellationToken ct)
    {
        var (token, fault) = await certificates.VerifyAsync(assertion, ct);
        if (token is not { Certificate: { } certificate, Claims: { } claims })
        {
            return (null, fault);
        }

        var key = new ClientKey(certificate.Id, certificate.BoundScopes, null, certificate.ExpiresAt) { IsCertificate = true };
        var client = clientId is null ? Client.Of(new CallingOrganization(certificate.OrganizationId, certificate.UserId), key)
            : await applications.FindAsync(clientId, ct) is { Agent: { } agent } known && agent.OrganizationId == certificate.OrganizationId ? known.With(key)
            : null;
        return client is null ? (null, "certificate_of_another")
            : certificate.Role < Role.Developer ? (null, "certificate_role")
            : !claims.TryGetString("jti", out var id) || id.Length > 256 ? (null, "assertion_jti")
            : await replays.TryAddAsync($"assertion:{certificate.Id}:{id}", token.RememberUntil, ct) ? (client, null)
            : (null, "assertion_replayed");
    }

    /// <summary>A key needs no name beside it; where there is one, it is the agent's or its client's.</summary>
    private static bool IsNamed(Client client, string? name) => name is null || name == client.ClientId || Identifiers.Read("agt_", name) == client.Agent?.Id;

    private static bool IsSecret(string method) => method is ClientAuthenticationMethods.Basic or ClientAuthenticationMethods.Post;

    private static bool MayUse(Client client, string method) => client.AuthenticationMethod is null || client.AuthenticationMethod == method;

    /// <summary>One of the secrets that this server generated: nobody guesses one, so a plain hash is enough and nobody need wait.</summary>
    private bool IsGenerated(Client client, string secret)
    {
        if (client.Secrets.Count == 0)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var hash = Encoding.ASCII.GetBytes(Handle.ReferenceId(secret));
        var found = false;
        foreach (var known in client.Secrets)
        {
            found |= CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(known.Hash))
                && (known.ExpiresAt is null || known.ExpiresAt > now)
                && !revocations.Ended(RevocationKind.Credential, known.Id);
        }

        return found;
    }

    private string? CheckSecret(Client? client, ClientCredentials credentials)
    {
        // An unknown client, one without a secret and a wrong secret take the same time.
        // Where generated secrets are, they alone decide: the hash in OpenIddict's format is for a server that this one moves to.
        var hash = client is { Secrets.Count: 0 } ? client.SecretHash : null;
        var matches = ClientSecretHash.Verify(hash ?? ClientSecretHash.OfNothing, credentials.Proof ?? "");
        if (client is null || client.IsPublic || hash is null || !matches)
        {
            return "secret";
        }

        if (!MayUse(client, credentials.Method))
        {
            return "method";
        }

        remembered.Remember(client.ClientId, client.ConcurrencyToken, credentials.Proof!);
        return null;
    }

    private async Task<string?> CheckAssertionAsync(Client? client, string assertion, CancellationToken ct)
    {
        if (client is null || !MayUse(client, ClientAuthenticationMethods.PrivateKeyJwt) || await keys.FindAsync(client, ct) is not { } known)
        {
            return "no_key";
        }

        // The key set is this client's own, so that a key of another one cannot speak for it.
        var result = Jws.Verify(assertion, AssertionType, known);
        if (result.Claims is null && await keys.FindNewerAsync(client, known, ct) is { } newer)
        {
            result = Jws.Verify(assertion, AssertionType, newer);
        }

        if (result.Claims is not { } claims)
        {
            return "assertion_signature";
        }

        var facts = Describe(claims);
        if (facts.Check(client.ClientId, issuer.Value, clock.GetUtcNow()) is { } fault)
        {
            return fault;
        }

        return await replays.TryAddAsync($"assertion:{client.Id}:{facts.Id}", facts.RememberUntil, ct) ? null : "assertion_replayed";
    }

    private static ClientAssertion Describe(JwtClaims claims)
    {
        return new ClientAssertion
        {
            Issuer = claims.Text("iss"),
            Subject = claims.Text("sub"),
            Audience = claims.Text("aud"),
            Id = claims.Text("jti"),
            IssuedAt = claims.Time("iat"),
            NotBefore = claims.Time("nbf"),
            ExpiresAt = claims.Time("exp"),
        };
    }

    /// <summary>Whose assertion it claims to be (RFC 7521 §4.2 lets client_id be left out): only a hint where to look for the key.</summary>
    private static string? IssuerOf(string? assertion)
    {
        var parts = assertion?.Split('.');
        return parts is [_, var payload, _] && payload.Length <= Jws.MaxTokenLength && CanonicalBase64Url.Decode(payload) is { } json
            && JwtClaims.TryParse(json, out var claims) && claims.TryGetString("iss", out var clientIssuer)
            ? clientIssuer
            : null;
    }
}
