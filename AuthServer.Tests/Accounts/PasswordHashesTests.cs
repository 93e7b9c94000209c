using System.Buffers.Binary;
using AuthServer.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Accounts;

/// <summary>What a guess costs.</summary>
public sealed class PasswordHashesTests
{
    [Fact]
    public void A_password_is_hashed_by_210_000_rounds_of_SHA_512()
    {
        using var services = new ServiceCollection().AddAccounts().BuildServiceProvider();

        var hash = Convert.FromBase64String(services.GetRequiredService<IPasswordHasher<User>>().HashPassword(new User(), "correct horse"));

        // The framework's third format: a marker, the function (2: SHA-512), the rounds.
        Assert.Equal((1, 2u, 210_000u), (hash[0], BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)), BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5))));
    }
}
