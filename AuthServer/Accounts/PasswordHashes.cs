using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace AuthServer.Accounts;

/// <summary>Makes and checks password hashes: no more at once than there are cores, and always at the full price,
/// so that neither the load nor the time tells who has an account.</summary>
public sealed class PasswordHashes(IPasswordHasher<User> hasher) : IDisposable
{
    /// <summary>PBKDF2-SHA512 rounds.</summary>
    public const int Rounds = 210_000;

    private readonly SemaphoreSlim _turns = new(Math.Max(2, Environment.ProcessorCount));

    // What is checked where there is no account: nobody knows its password.
    private readonly Lazy<string> _nobodys = new(() => hasher.HashPassword(new User(), Convert.ToHexString(RandomNumberGenerator.GetBytes(32))));

    /// <summary>Waits for a turn to hash; what may have changed meanwhile is checked again after it.</summary>
    public async Task<IDisposable> TurnAsync(CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        return new Turn(_turns);
    }

    public string Hash(User user, string password) => hasher.HashPassword(user, password);

    /// <param name="user">Null, disabled or without a password: checked for as long, and never right.</param>
    public PasswordVerificationResult Verify(User? user, string password)
    {
        var nobodys = _nobodys.Value;
        var result = hasher.VerifyHashedPassword(user ?? new User(), user?.PasswordHash ?? nobodys, password);
        return user is null || user.Disabled || user.PasswordHash is null ? PasswordVerificationResult.Failed : result;
    }

    public void Dispose() => _turns.Dispose();

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
