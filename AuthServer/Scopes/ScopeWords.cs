using AuthServer.Data;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>Scopes in plain words: the standards' from here, all others as the operator described them.</summary>
public sealed class ScopeWords(IDbContextFactory<AuthDbContext> contexts)
{
    private static readonly Dictionary<string, ScopeLine> Standard = new[]
    {
        new ScopeLine(ScopeNames.OpenId, "Know who you are", "It can recognise you by an identifier of your account."),
        new ScopeLine(ScopeNames.Profile, "See your profile", "Your name, picture and language."),
        new ScopeLine(ScopeNames.Email, "See your e-mail address", "The address that you sign in with."),
        new ScopeLine(ScopeNames.Address, "See your postal address", "The address in your profile."),
        new ScopeLine(ScopeNames.Phone, "See your phone number", "The number in your profile."),
        new ScopeLine(ScopeNames.OfflineAccess, "Keep access while you are away", "It can go on without asking you to sign in again."),
    }.ToDictionary(line => line.Name, StringComparer.Ordinal);

    /// <summary>One line for each, in the same order.</summary>
    public async Task<IReadOnlyList<ScopeLine>> DescribeAsync(IReadOnlyList<string> scopes, CancellationToken ct)
    {
        var others = scopes.Where(scope => !Standard.ContainsKey(scope)).ToArray();
        var described = others.Length == 0 ? [] : await ReadAsync(others, ct);
        return [.. scopes.Select(scope => Standard.GetValueOrDefault(scope) ?? described.GetValueOrDefault(scope) ?? new ScopeLine(scope, null, null))];
    }

    private async Task<Dictionary<string, ScopeLine>> ReadAsync(string[] scopes, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Scopes.AsNoTracking()
            .Where(row => row.Name != null && scopes.Contains(row.Name))
            .Select(row => new ScopeLine(row.Name!, row.DisplayName, row.Description))
            .ToDictionaryAsync(line => line.Name, StringComparer.Ordinal, ct);
    }
}
