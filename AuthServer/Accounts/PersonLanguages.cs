using AuthServer.Data;
using AuthServer.Languages;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>In which language a person is written to.</summary>
public sealed class PersonLanguages(IDbContextFactory<AuthDbContext> contexts, KnownLanguages known, TimeProvider clock)
{
    /// <summary>From now on in this one.</summary>
    public async Task KeepAsync(string userId, Language language, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.Users.FirstOrDefaultAsync(row => row.Id == userId, ct) is not { } user || user.Locale == language.Tag)
        {
            return;
        }

        (user.Locale, user.UpdatedAt) = (language.Tag, clock.GetUtcNow());
        try
        {
            await context.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            // The account was changed in the same moment: the browser keeps the choice all the same.
        }
    }

    /// <summary>What they chose, else what they are reading where they caused it, else English.</summary>
    /// <param name="reading">Null: nobody knows.</param>
    public Language Of(User user, string? reading) => known.Choose(new[] { user.Locale, reading }.OfType<string>()) ?? Language.English;
}
