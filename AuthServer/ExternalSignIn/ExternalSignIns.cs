using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.ExternalSignIn;

/// <summary>Signs in whoever is linked to the account that a provider vouches for. Anybody else waits, known by nothing: an e-mail address is no proof of being somebody here.</summary>
public sealed class ExternalSignIns(
    AuthDbContext context, ExternalReturns returns, ExternalArrivals arrivals, SignInSessions sessions, KnownDevices devices, RefusedSignIns refused, KeptAccess kept,
    SecondFactors factors, SecondStep second, TimeProvider clock)
{
    /// <param name="providerId">Of the address that the browser came back to.</param>
    public async Task<ExternalOutcome> EnterAsync(HttpContext http, string? providerId, CancellationToken ct)
    {
        var returned = await returns.TakeAsync(http, providerId, ct);
        if (returned is not { Flow: { } flow, Provider: { } provider, Identity: { } identity, Fault: null })
        {
            return new ExternalOutcome.Refused(returned.Fault!, returned.Provider?.Name, returned.Flow?.Carried);
        }

        var login = await context.ExternalLogins.FirstOrDefaultAsync(row => row.Provider == provider.Id && row.Issuer == identity.Issuer && row.Subject == identity.Subject, ct);
        if (flow.UserId is not null)
        {
            return await LinkAsync(http, returned, login, ct);
        }

        if (login is null || await context.Users.FirstOrDefaultAsync(row => row.Id == login.UserId, ct) is not { } user)
        {
            return new ExternalOutcome.Arrived(await arrivals.AddAsync(http, returned, ct), flow.Carried);
        }

        if (user.Disabled)
        {
            await refused.RecordAsync(http, context, user, ExternalFault.Disabled.Code, ct);
            await kept.DropAsync(returned, ct);
            return new ExternalOutcome.Refused(ExternalFault.Disabled, provider.Name, flow.Carried);
        }

        var now = clock.GetStoredNow();
        (login.LastUsedAt, login.Name) = (now, identity.Shown ?? login.Name);
        await kept.RenewAsync(provider, identity, returned.Tokens!, user.Id, ct);
        var shownAt = ShownAt(flow, identity, now);
        if (await factors.AreAskedAsync(user.Id, strong: false, ct))
        {
            await context.SaveChangesAsync(ct);
            second.Begin(http, user, login, shownAt);
            return new ExternalOutcome.SecondStep(flow.Carried);
        }

        await StartAsync(http, user, login, shownAt, ct);
        return new ExternalOutcome.SignedIn(flow.Carried);
    }

    /// <summary>Begins the session of a person whom a provider vouches for, and commits what waits in the context.</summary>
    /// <param name="shownAt">When they last showed there that it is them; null: just now.</param>
    public async Task StartAsync(HttpContext http, User user, ExternalLogin login, DateTimeOffset? shownAt, CancellationToken ct)
    {
        var means = new SignInMeans("external", Acr.External, []) { ShownAt = shownAt, Provider = login.Provider, ExternalLoginId = login.Id };
        await sessions.StartAsync(http, context, user, means, ct);
        devices.Remember(http, user.NormalizedUserName ?? "");
    }

    /// <summary>The same of somebody whose account was made just now, by what a provider vouches for.</summary>
    public async Task StartAsync(HttpContext http, User user, ExternalArrival arrival, CancellationToken ct)
    {
        var login = await context.ExternalLogins.AsNoTracking().FirstAsync(
            row => row.UserId == user.Id && row.Provider == arrival.Provider && row.Issuer == arrival.Issuer && row.Subject == arrival.Subject, ct);
        await StartAsync(http, user, login, arrival.ShownAt, ct);
    }

    /// <summary>Null: just now, since a new sign-in was asked for and the provider says that there was one. A provider that says nothing proves nothing.</summary>
    public static DateTimeOffset? ShownAt(ExternalFlow flow, ExternalIdentity identity, DateTimeOffset now) =>
        identity.ShownAt is not { } at ? SignedInPerson.Never
        : flow.IsNew && at >= flow.BegunAt - ExpectedIdToken.Skew ? null
        : at < now ? at : now;

    private async Task<ExternalOutcome> LinkAsync(HttpContext http, ExternalReturn returned, ExternalLogin? login, CancellationToken ct)
    {
        var (flow, provider) = (returned.Flow!, returned.Provider!);
        if (await sessions.ReadAsync(http) is not { } person || person.Subject != flow.UserId || person.SessionId != flow.SessionId)
        {
            await kept.DropAsync(returned, ct);
            return new ExternalOutcome.Refused(ExternalFault.OtherPerson, provider.Name, flow.Carried);
        }

        if (login is null)
        {
            return new ExternalOutcome.Arrived(await arrivals.AddAsync(http, returned, ct), flow.Carried);
        }

        if (login.UserId == person.Subject)
        {
            await kept.RenewAsync(provider, returned.Identity!, returned.Tokens!, person.Subject, ct);
            return new ExternalOutcome.LinkedAlready();
        }

        context.AuditEvents.Add(AuditEventRow.From(http.Event(ExternalSignInEvents.Refused, AuditOutcomes.Denied, clock.GetUtcNow()) with
        {
            Subject = person.Subject,
            Target = person.Subject,
            Reason = ExternalFault.LinkedElsewhere.Code,
            Detail = JsonSerializer.Serialize(new { provider = provider.Id }),
        }));
        await context.SaveChangesAsync(ct);
        await kept.DropAsync(returned, ct);
        return new ExternalOutcome.Refused(ExternalFault.LinkedElsewhere, provider.Name, flow.Carried);
    }
}
