using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.DataProtection;

namespace AuthServer.Accounts;

/// <summary>Invitations as links that only this server can make. Nothing is stored until one is used; then its id is, until it would have expired.</summary>
public sealed class Invitations(IDataProtectionProvider protection, IReplayGuard used, TimeProvider clock)
{
    public const string Path = "/register";

    /// <summary>Where the administrator's own invitation leads.</summary>
    public const string SetUpPath = Http.Proxies.SetUpPath;

    private const int LongestToken = 2000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    // Longer than making an account takes; and whoever fails at it can try again.
    private static readonly TimeSpan SetUpTurn = TimeSpan.FromMinutes(1);

    private readonly IDataProtector _protector = protection.CreateProtector("AuthServer.Invitations");

    /// <summary>The link's path and query.</summary>
    /// <param name="givenBy">The administrator who gives it; null: whoever runs the server.</param>
    public string Create(string? email, bool administrator, string? givenBy = null)
    {
        var invitation = new Invitation(Handle.New(), email, administrator, clock.GetUtcNow() + Lifetime) { GivenBy = givenBy };
        return $"{(administrator ? SetUpPath : Path)}?invitation={_protector.Protect(JsonSerializer.Serialize(invitation))}";
    }

    /// <summary>Null when it is none of ours, or has expired. Whether it was used is asked separately.</summary>
    public Invitation? Read(string? token)
    {
        if (token is null or { Length: 0 or > LongestToken })
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Invitation>(_protector.Unprotect(token)) is { } invitation && invitation.ExpiresAt > clock.GetUtcNow()
                ? invitation
                : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether somebody came by it already.</summary>
    public ValueTask<bool> IsUsedAsync(Invitation invitation, CancellationToken ct) => used.IsKnownAsync(NameOf(invitation), ct);

    /// <summary>True for the one who uses it first. Of set-up links there may be several, printed by several starts or nodes: of all those together one has its turn.</summary>
    public Task<bool> TryUseAsync(Invitation invitation, CancellationToken ct) => invitation.Administrator
        ? used.TryAddAsync("invitation:set-up", clock.GetUtcNow() + SetUpTurn, ct)
        : used.TryAddAsync(NameOf(invitation), invitation.ExpiresAt, ct);

    /// <summary>A set-up link has made its account. Any other is used up before.</summary>
    public Task CloseAsync(Invitation invitation, CancellationToken ct) => used.TryAddAsync(NameOf(invitation), invitation.ExpiresAt, ct);

    private static string NameOf(Invitation invitation) => "invitation:" + invitation.Id;
}
