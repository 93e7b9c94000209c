using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Data;

/// <summary>Records for the contract; every call makes new ones.</summary>
internal static class Samples
{
    // Whole seconds: PostgreSQL keeps microseconds.
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static AuditEvent Event(string type = AuditEventTypes.TokenIssued) =>
        new() { Id = Identifiers.New("aud_", Now), At = Now, Type = type, Outcome = AuditOutcomes.Success };

    /// <summary>A code of a new person, client and authorization, stored.</summary>
    public static async Task<AuthorizationCode> CodeAsync(StateStore store)
    {
        var (application, authorization, subject) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), Identifiers.New("usr_", Now));
        await store.GrantAsync(application, authorization, subject);
        return await CodeAsync(store, new GrantedRights
        {
            AuthorizationId = authorization,
            FamilyId = "",
            ApplicationId = application,
            Subject = subject,
            Scopes = ["openid", "offline_access"],
            Resources = ["https://api.example/"],
            SessionId = Identifiers.New("ses_", Now),
            AuthTime = Now.AddMinutes(-1),
            Amr = ["pwd"],
        });
    }

    /// <summary>Another code of the same rights, for a family of its own.</summary>
    public static async Task<AuthorizationCode> CodeAsync(StateStore store, GrantedRights rights)
    {
        var family = Identifiers.New("fam_", Now);
        var code = new AuthorizationCode
        {
            Id = Identifiers.Member(family, Now),
            ReferenceId = Handle.ReferenceId(Handle.New()),
            Rights = rights with { FamilyId = family },
            RedirectUri = "https://client.example/callback",
            CodeChallenge = "challenge",
            Nonce = "n",
            CreatedAt = Now,
            ExpiresAt = Now.AddMinutes(1),
            Status = TokenStatus.Valid,
        };
        Assert.True(await store.Codes.TryAddAsync(code, null, Event(AuditEventTypes.CodeIssued), default));
        return code;
    }

    public static TokenFamily Family(AuthorizationCode code) =>
        new() { Id = code.Rights.FamilyId, Rights = code.Rights, CreatedAt = Now, ExpiresAt = Now.AddDays(30) };

    public static RefreshToken Token(GrantedRights rights) => new()
    {
        Id = Identifiers.Member(rights.FamilyId, Now),
        ReferenceId = Handle.ReferenceId(Handle.New()),
        Rights = rights,
        CreatedAt = Now,
        ExpiresAt = Now.AddDays(7),
        FamilyExpiresAt = Now.AddDays(30),
        Status = TokenStatus.Valid,
    };

    public static Issuance Issuance(GrantedRights rights) => new(Event(), Token(rights));

    /// <summary>A family with one valid refresh token.</summary>
    public static async Task<RefreshToken> RedeemedAsync(StateStore store)
    {
        var code = await CodeAsync(store);
        return await RedeemAsync(store, code);
    }

    public static async Task<RefreshToken> RedeemAsync(StateStore store, AuthorizationCode code)
    {
        var issuance = Issuance(code.Rights);
        Assert.True(await store.Codes.TryRedeemAsync(code, Family(code), issuance, default));
        return issuance.RefreshToken!;
    }

    public static StoredAuthorizationRequest Request(string address) => new()
    {
        Id = Handle.New(),
        Parameters = "client_id=c&state=%2F",
        BrowserHash = "hash",
        CreatedAt = Now,
        ExpiresAt = Now.AddMinutes(10),
        Address = address,
    };
}
