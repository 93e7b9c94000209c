using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Tests.Support;

/// <summary>What a <see cref="FakeProvider"/> has granted, and how often each refresh token was redeemed.</summary>
public sealed class FakeProviderGrants(FakeProvider provider)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FakeGrant> _codes = [];
    private readonly Dictionary<string, (FakeGrant Grant, DateTimeOffset ExpiresAt)> _access = [];
    private readonly Dictionary<string, (FakeGrant Grant, DateTimeOffset? SpentAt)> _refresh = [];
    private readonly ConcurrentDictionary<string, int> _redeemed = new();
    private int _made;

    /// <summary>How often each refresh token was redeemed: sent, and answered with tokens.</summary>
    public IReadOnlyDictionary<string, int> Redemptions => _redeemed;

    /// <summary>How often the token endpoint was asked to refresh, whatever it answered.</summary>
    public int Refreshes { get; private set; }

    /// <summary>Refresh tokens that came although they were dead.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    /// <summary>Tokens that were sent to be revoked.</summary>
    public ConcurrentQueue<string> Revoked { get; } = new();

    /// <summary>A code for what somebody granted.</summary>
    public string Authorize(FakePerson person, IReadOnlyDictionary<string, string> asked)
    {
        var scopes = asked.GetValueOrDefault("scope", "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Except(provider.Rules.Unticked);
        var grant = new FakeGrant(person, [.. scopes]) { Challenge = asked.GetValueOrDefault("code_challenge"), RedirectUri = asked["redirect_uri"] };
        lock (_lock)
        {
            var code = Next("code");
            _codes[code] = grant;
            return code;
        }
    }

    /// <summary>Tokens without the way through the browser.</summary>
    public FakeTokens Give(FakePerson? person = null, params string[] scopes)
    {
        lock (_lock)
        {
            return Issue(new FakeGrant(person ?? provider.Person, scopes), provider.Rules.GivesRefreshToken ? Next("rt") : null);
        }
    }

    /// <summary>Null: the code is unknown, used, or of another challenge or address.</summary>
    public FakeTokens? Redeem(string code, string? verifier, string? redirectUri)
    {
        lock (_lock)
        {
            return _codes.Remove(code, out var grant) && grant.RedirectUri == redirectUri && (grant.Challenge is null || grant.Challenge == ChallengeOf(verifier))
                ? Issue(grant, provider.Rules.GivesRefreshToken ? Next("rt") : null)
                : null;
        }
    }

    /// <summary>Null: it is dead. One that comes back after its grace ends the grant.</summary>
    public FakeTokens? Refresh(string token)
    {
        lock (_lock)
        {
            Refreshes++;
            var now = provider.Clock.GetUtcNow();
            if (!_refresh.TryGetValue(token, out var known) || known.Grant.IsEnded)
            {
                Refused.Enqueue(token);
                return null;
            }

            if (now - known.SpentAt >= provider.Rules.Grace)
            {
                known.Grant.IsEnded = true;
                Refused.Enqueue(token);
                return null;
            }

            _redeemed.AddOrUpdate(token, 1, (_, count) => count + 1);
            if (provider.Rules.EndsOldAccess)
            {
                EndAccess(known.Grant);
            }

            if (!provider.Rules.Rotates)
            {
                return Issue(known.Grant, null) with { RefreshToken = provider.Rules.RepeatsRefreshToken ? token : null };
            }

            _refresh[token] = known with { SpentAt = known.SpentAt ?? now };
            return Issue(known.Grant, Next("rt"));
        }
    }

    /// <summary>The grant of a live access token.</summary>
    public FakeGrant? FindAccess(string? token)
    {
        lock (_lock)
        {
            return token is not null && _access.TryGetValue(token, out var known) && !known.Grant.IsEnded && known.ExpiresAt > provider.Clock.GetUtcNow() ? known.Grant : null;
        }
    }

    /// <summary>Ends the grant that a token is of.</summary>
    public void Revoke(string token)
    {
        Revoked.Enqueue(token);
        lock (_lock)
        {
            GrantOf(token)?.IsEnded = true;
        }
    }

    /// <summary>What a token is of, whether or not it still lives.</summary>
    public FakeGrant? GrantOf(string token)
    {
        lock (_lock)
        {
            return _access.GetValueOrDefault(token).Grant ?? _refresh.GetValueOrDefault(token).Grant;
        }
    }

    /// <summary>What its person does in the provider's own settings.</summary>
    public void EndAll()
    {
        lock (_lock)
        {
            foreach (var (grant, _) in _refresh.Values)
            {
                grant.IsEnded = true;
            }
        }
    }

    /// <summary>Every access token that is out dies before its time; the refresh tokens live.</summary>
    public void EndAccess()
    {
        lock (_lock)
        {
            _access.Clear();
        }
    }

    private void EndAccess(FakeGrant grant)
    {
        foreach (var token in _access.Where(pair => pair.Value.Grant == grant).Select(pair => pair.Key).ToList())
        {
            _access.Remove(token);
        }
    }

    private FakeTokens Issue(FakeGrant grant, string? refreshToken)
    {
        var access = Next("at");
        _access[access] = (grant, provider.Clock.GetUtcNow() + provider.Rules.AccessLifetime);
        if (refreshToken is not null)
        {
            _refresh[refreshToken] = (grant, null);
        }

        return new FakeTokens(access, refreshToken, grant);
    }

    private string Next(string kind) => $"fake-{kind}-{++_made}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    private static string ChallengeOf(string? verifier) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier ?? "")));
}

/// <summary>What somebody granted to the client.</summary>
public sealed class FakeGrant(FakePerson person, IReadOnlyList<string> scopes)
{
    public FakePerson Person { get; } = person;

    public IReadOnlyList<string> Scopes { get; } = scopes;

    public string? Challenge { get; init; }

    public string? RedirectUri { get; init; }

    public bool IsEnded { get; set; }
}

/// <summary>What a <see cref="FakeProvider"/> gave.</summary>
public sealed record FakeTokens(string AccessToken, string? RefreshToken, FakeGrant Grant);
