using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>From where people have signed in through the API before. Programs keep no cookie, so they are told by what they call themselves, without its version, and by their
/// neighbourhood in the network; kept is a hash of both under a server key, which says neither. Both can be imitated: it decides nothing but whether a person is told.</summary>
public sealed class ApiDevices(MasterKey master, IDatabaseWriter writer, TimeProvider clock)
{
    private const int Most = 50;
    private const int LongestName = 200;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    // Written anew this seldom.
    private static readonly TimeSpan Rest = TimeSpan.FromDays(1);

    private static readonly Statement Save = new(
        """
        INSERT INTO "ApiDevices" ("UserId", "Hash", "ExpiresAt") SELECT $1, $2, $3 WHERE EXISTS (SELECT 1 FROM "AspNetUsers" WHERE "Id" = $1)
        ON CONFLICT ("UserId", "Hash") DO UPDATE SET "ExpiresAt" = $3
        """);

    private static readonly Statement Forget = new(
        """
        DELETE FROM "ApiDevices" WHERE "UserId" = $1 AND "Hash" NOT IN (SELECT "Hash" FROM "ApiDevices" WHERE "UserId" = $1 ORDER BY "ExpiresAt" DESC LIMIT $2)
        """);

    private readonly byte[] _key = master.Derive("api-devices");

    /// <summary>Whether the person signed in from there before; null: they never did through the API at all.</summary>
    public async Task<ApiDevice?> FindAsync(HttpContext http, AuthDbContext context, string userId, CancellationToken ct)
    {
        var (hash, now) = (HashOf(http, userId), clock.GetUtcNow());
        return await context.ApiDevices.AsNoTracking().FirstOrDefaultAsync(row => row.UserId == userId && row.Hash == hash && row.ExpiresAt > now, ct);
    }

    /// <summary>After the sign-in is on disk: who is told once too often has lost nothing.</summary>
    /// <param name="known">As it was found; null: it is new.</param>
    public async Task RememberAsync(HttpContext http, string userId, ApiDevice? known, CancellationToken ct)
    {
        var until = clock.GetStoredNow() + Kept;
        if (known is not null && until - known.ExpiresAt < Rest)
        {
            return;
        }

        await writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(Save, userId, HashOf(http, userId), until);
                await transaction.ExecuteAsync(Forget, userId, Most);
                return true;
            },
            ct);
    }

    private string HashOf(HttpContext http, string userId)
    {
        var name = string.Concat(http.Request.Headers.UserAgent.ToString().Take(LongestName).Where(c => !char.IsAsciiDigit(c) && c != '.'));
        return Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{userId}\n{http.Neighbourhood()}\n{name}")));
    }
}
