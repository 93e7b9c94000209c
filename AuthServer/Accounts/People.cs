using AuthServer.Data;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>What tokens, userinfo and pages may say about a person.</summary>
public sealed class People(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>Null when the person is unknown or disabled.</summary>
    /// <param name="subject"><c>usr_…</c></param>
    public async Task<PersonClaims?> ClaimsAsync(string subject, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var user = await context.Users.AsNoTracking().FirstOrDefaultAsync(row => row.Id == subject, ct);
        return user is null || user.Disabled ? null : ToClaims(user);
    }

    public static PersonClaims ToClaims(User user) => new()
    {
        Subject = user.Id,
        Name = user.Name,
        GivenName = user.GivenName,
        FamilyName = user.FamilyName,
        PreferredUsername = user.Email,
        Picture = user.Picture,
        Locale = user.Locale,
        UpdatedAt = user.UpdatedAt,
        Email = user.Email,
        EmailVerified = user.EmailConfirmed,
        PhoneNumber = user.PhoneNumber,
        PhoneNumberVerified = user.PhoneNumber is not null && user.PhoneNumberConfirmed,
        Address = user.Address,
    };
}
