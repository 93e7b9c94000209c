using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>What a person wants to be called.</summary>
public sealed class OwnName(AuthDbContext context, TimeProvider clock)
{
    public const int Longest = 200;

    /// <summary>What was typed, without what surrounds it; null: nothing.</summary>
    public static string? Read(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();

    /// <summary>What must be typed differently; null: nothing.</summary>
    public static string? FaultOf(string? name) =>
        name is null || (name.Length <= Longest && !name.Any(char.IsControl) && VisibleText.IsSeen(name)) ? null : $"Use at most {Longest} visible characters on one line.";

    /// <summary>Whether the person may say it: what the configuration says it sets anew at each start.</summary>
    public Task<bool> IsOwnAsync(string userId, CancellationToken ct) => context.Users.AnyAsync(row => row.Id == userId && !row.Disabled && row.Source == null, ct);

    /// <param name="name">Without a fault; null: none any more.</param>
    /// <returns>False: it is not the person's to say, or the account was changed in this moment.</returns>
    public async Task<bool> ChangeAsync(HttpContext http, string userId, string? name, CancellationToken ct)
    {
        if (await context.Users.FirstOrDefaultAsync(row => row.Id == userId && !row.Disabled && row.Source == null, ct) is not { } user)
        {
            return false;
        }

        if (user.Name == name)
        {
            return true;
        }

        // Another provider may have told parts of the old one.
        (user.Name, user.GivenName, user.FamilyName) = (name, null, null);
        (user.UpdatedAt, user.ConcurrencyStamp) = (clock.GetStoredNow(), Guid.NewGuid().ToString());
        context.AuditEvents.Add(AuditEventRow.From(http.Event(AccountEvents.NameChanged, AuditOutcomes.Success, user.UpdatedAt) with { Subject = user.Id, Target = user.Id }));
        return await context.TrySaveUnchangedAsync(ct);
    }
}
