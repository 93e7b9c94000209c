using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Refresh;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What a linked account works with, of what its provider offers, and changing it later without going there again.</summary>
public sealed class AccountInstances(
    IDbContextFactory<AuthDbContext> contexts, ProviderApps apps, ProviderInquiries inquiries, AccountTokens fresh, SealedTokens tokens, TimeProvider clock)
{
    private static Problem NotOffered { get; } = Problem.Invalid("value", "Choose one of those that the provider offers.");

    private static Problem Changing { get; } = Problem.Conflict("changed_meanwhile", "The account is being changed. Try again.");

    /// <summary>What it works with, as its person knows it; empty: there was no choice.</summary>
    public IReadOnlyList<(ConnectionField Field, string Label)> Of(ConnectedAccount account, Provider? provider) =>
        tokens.Open(account.Tokens, account.TokensPlace) is { Labels: { } labels }
            ? [.. (provider?.Fields ?? []).Where(field => labels.ContainsKey(field.Name)).Select(field => (field, labels[field.Name]))]
            : [];

    /// <summary>What the provider offers now, for each field that was a choice.</summary>
    public async Task<Answer<LaterChoice>> OfferAsync(ConnectedAccount account, Connection connection, CancellationToken ct)
    {
        if (await apps.OpenAsync(connection, ct) is not (App: { } app, Fault: null))
        {
            return AccountTokens.ProblemOf(ProviderFaults.NoApp, null);
        }

        if ((await fresh.GetAsync(account, ct)).Failed(out var problem, out var found))
        {
            return problem;
        }

        List<OfferedField> offered = [];
        foreach (var field in app.Provider.Fields.Where(field => field.From?.Call is not null))
        {
            var (values, fault) = await inquiries.OfferAsync(app, field, found);
            if (fault is not null)
            {
                return AccountTokens.ProblemOf(fault, null);
            }

            offered.Add(new OfferedField(field.Name, values));
        }

        return new LaterChoice(app, offered, found.Fields ?? new Dictionary<string, string>());
    }

    /// <param name="chosen">The values, by the fields' names.</param>
    public async Task<Answer<NoContent>> ChooseAsync(
        HttpContext http, KnownCaller by, ConnectedAccount account, Connection connection, IReadOnlyDictionary<string, string> chosen, CancellationToken ct)
    {
        if ((await OfferAsync(account, connection, ct)).Failed(out var problem, out var choice))
        {
            return problem;
        }

        List<(string Field, OfferedValue Value)> values = [];
        foreach (var field in choice.Offered.Where(field => chosen.ContainsKey(field.Name)))
        {
            if (field.Values.FirstOrDefault(value => value.Value == chosen[field.Name]) is not { } value)
            {
                return NotOffered;
            }

            values.Add((field.Name, value));
        }

        return values.Count == 0 ? NotOffered : await SaveAsync(http, by, account.Id, connection, values);
    }

    private async Task<Answer<NoContent>> SaveAsync(
        HttpContext http, KnownCaller by, string accountId, Connection connection, IReadOnlyList<(string Field, OfferedValue Value)> values)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        var now = clock.GetStoredNow();
        if (await context.ConnectedAccounts.FirstOrDefaultAsync(row => row.Id == accountId, CancellationToken.None) is not { } row
            || tokens.Open(row.Tokens, row.TokensPlace) is not { } known)
        {
            return Problem.NotFound;
        }

        if (values.All(one => known.Fields?.GetValueOrDefault(one.Field) == one.Value.Value))
        {
            return Answer.Done;
        }

        row.Tokens = tokens.Seal(values.Aggregate(known, (before, one) => AccountFields.With(before, one.Field, one.Value)), row.TokensPlace);
        row.UpdatedAt = now;
        row.Version++;
        context.Tell(AccountEvents.Of(AccountEvents.InstanceChosen, http, by, row, connection.ProviderId, now));
        return await context.TrySaveAsync() ? Answer.Done : Changing;
    }
}

/// <summary>What an account can work with, and does.</summary>
/// <param name="Current">By the fields' names.</param>
public sealed record LaterChoice(ProviderApp App, IReadOnlyList<OfferedField> Offered, IReadOnlyDictionary<string, string> Current)
{
    public override string ToString() => "LaterChoice (redacted)";
}
