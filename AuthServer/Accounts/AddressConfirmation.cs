using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Mail;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Who reads an e-mail address: a link is mailed to it, and whoever has the link says so. By the same way an account gets another address.</summary>
public sealed class AddressConfirmation(AuthDbContext context, AccountMails texts, Mails mails, Refusals refusals, TimeProvider clock)
{
    private const int LongestHandle = 100;

    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    /// <summary>Adds to what the caller saves a mail that asks a person to confirm their address; nothing where no mail is sent.</summary>
    public async Task<bool> AddAsync(HttpContext http, User user, CancellationToken ct)
    {
        var (now, handle) = (clock.GetStoredNow(), Handle.New());
        if (!mails.AreSent || !await mails.TryAddAsync(context, texts.OfConfirmation(user, handle, MailOrigin.Of(http, now)), ct))
        {
            return false;
        }

        await ReplaceAsync(user, MailedLinkKind.Confirmation, handle, user.Email!, now, ct);
        return true;
    }

    /// <summary>Mails the person the link once more; false: they had enough of them, or need none.</summary>
    public async Task<bool> SendAsync(HttpContext http, string userId, CancellationToken ct)
    {
        if (await context.Users.FirstOrDefaultAsync(row => row.Id == userId && !row.Disabled && !row.EmailConfirmed, ct) is not { } user || !await AddAsync(http, user, ct))
        {
            return false;
        }

        return await SaveAsync(ct);
    }

    /// <summary>Asks the new address, and tells the old one. Whether somebody else has it already is told only to whoever reads it.</summary>
    /// <param name="email">An address that can be one.</param>
    /// <returns>False: this address had enough of it.</returns>
    public async Task<bool> AskAsync(HttpContext http, string userId, string email, CancellationToken ct)
    {
        if (await context.Users.FirstOrDefaultAsync(row => row.Id == userId && !row.Disabled, ct) is not { } user)
        {
            return false;
        }

        var (now, handle) = (clock.GetStoredNow(), Handle.New());
        var origin = MailOrigin.Of(http, now);
        if (!await mails.TryAddAsync(context, texts.OfNewAddress(user, email, handle, origin), ct))
        {
            return false;
        }

        if (mails.AreSent)
        {
            await mails.TryAddAsync(context, texts.OfAddressChanging(user, email, origin), ct);
        }

        await ReplaceAsync(user, MailedLinkKind.NewAddress, handle, email, now, ct);
        context.AuditEvents.Add(AuditEventRow.From(http.Event(AccountEvents.AddressChangeAsked, AuditOutcomes.Success, now) with { Subject = user.Id, Target = user.Id }));
        return await SaveAsync(ct);
    }

    /// <summary>What the link does; null: it is not good any more.</summary>
    public async Task<OpenAccountLink?> FindAsync(string? handle, CancellationToken ct)
    {
        if (handle is null or { Length: 0 or > LongestHandle })
        {
            return null;
        }

        var (hash, now) = (Handle.ReferenceId(handle), clock.GetUtcNow());
        return await context.MailedLinks.Where(row => row.Hash == hash && row.Kind != MailedLinkKind.Password && row.ExpiresAt > now)
            .Join(context.Users, link => link.UserId, user => user.Id, (link, user) => new { link, user })
            .Where(found => !found.user.Disabled && (found.link.Kind == MailedLinkKind.NewAddress
                ? found.link.Stamp == found.user.SecurityStamp
                : found.link.Email == found.user.Email))
            .Select(found => new OpenAccountLink(found.link, found.user))
            .FirstOrDefaultAsync(ct);
    }

    /// <summary>Uses the link up: the address is confirmed, or the account has the new one.</summary>
    public async Task<AddressOutcome> TryAsync(HttpContext http, string? handle, CancellationToken ct)
    {
        if (await FindAsync(handle, ct) is not { } open)
        {
            refusals.Count("address_link", http.Network(), clock.GetUtcNow());
            return AddressOutcome.NotGood;
        }

        var (link, user, now) = (open.Link, open.User, clock.GetStoredNow());
        if (link.Kind == MailedLinkKind.NewAddress)
        {
            if (await IsTakenAsync(user.Id, link.Email, ct))
            {
                return AddressOutcome.Taken;
            }

            var old = user.Email!;
            (user.Email, user.UserName) = (link.Email, link.Email);
            (user.NormalizedEmail, user.NormalizedUserName) = (Normalizer.NormalizeEmail(link.Email), Normalizer.NormalizeName(link.Email));
            user.EmailConfirmed = link.Mailed;

            // Every link that was sent before dies with the stamp.
            user.SecurityStamp = Guid.NewGuid().ToString();
            if (mails.AreSent)
            {
                await mails.TryAddAsync(context, texts.OfAddressChanged(user, old, MailOrigin.Of(http, now)), ct);
            }
        }
        else
        {
            user.EmailConfirmed = true;
        }

        (user.UpdatedAt, user.ConcurrencyStamp) = (now, Guid.NewGuid().ToString());
        context.MailedLinks.Remove(link);
        await Mails.ReplaceAsync(context, user.Id, link.Kind == MailedLinkKind.NewAddress ? AccountMails.Links : [AccountMails.ConfirmAddress], ct);
        var type = link.Kind == MailedLinkKind.NewAddress ? AccountEvents.AddressChanged : AccountEvents.AddressConfirmed;
        context.AuditEvents.Add(AuditEventRow.From(http.Event(type, AuditOutcomes.Success, now) with { Subject = user.Id, Target = user.Id, Reason = "link" }));
        try
        {
            await context.SaveChangesAsync(ct);
            return link.Kind == MailedLinkKind.NewAddress ? AddressOutcome.Changed : AddressOutcome.Confirmed;
        }
        catch (DbUpdateConcurrencyException)
        {
            // Used by another, or the account was changed, a moment before.
            context.ChangeTracker.Clear();
            return AddressOutcome.NotGood;
        }
        catch (DbUpdateException) when (link.Kind == MailedLinkKind.NewAddress)
        {
            context.ChangeTracker.Clear();
            if (!await IsTakenAsync(user.Id, link.Email, ct))
            {
                throw;
            }

            return AddressOutcome.Taken;
        }
    }

    private async Task ReplaceAsync(User user, MailedLinkKind kind, string handle, string email, DateTimeOffset now, CancellationToken ct)
    {
        var link = await context.MailedLinks.FirstOrDefaultAsync(row => row.UserId == user.Id && row.Kind == kind, ct)
            ?? context.MailedLinks.Add(new MailedLink { UserId = user.Id, Kind = kind }).Entity;
        (link.Hash, link.Email, link.Mailed) = (Handle.ReferenceId(handle), email, mails.AreSent);
        (link.Stamp, link.ExpiresAt) = (user.SecurityStamp ?? "", now + AccountMails.AddressLinkLives);
        await Mails.ReplaceAsync(context, user.Id, [kind == MailedLinkKind.NewAddress ? AccountMails.NewAddress : AccountMails.ConfirmAddress], ct);
    }

    /// <summary>False: the same was asked a moment before, twice at once.</summary>
    private async Task<bool> SaveAsync(CancellationToken ct)
    {
        try
        {
            await context.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException)
        {
            context.ChangeTracker.Clear();
            return false;
        }
    }

    private Task<bool> IsTakenAsync(string userId, string email, CancellationToken ct)
    {
        var name = Normalizer.NormalizeName(email);
        return context.Users.AnyAsync(row => row.NormalizedUserName == name && row.Id != userId, ct);
    }
}

/// <summary>A link that is good, and whose it is.</summary>
public sealed record OpenAccountLink(MailedLink Link, User User);

/// <summary>What came of a link that was mailed to an address.</summary>
public enum AddressOutcome
{
    /// <summary>It was used, is too old, or is not for this account any more.</summary>
    NotGood,

    Confirmed,

    Changed,

    /// <summary>Another account has this address.</summary>
    Taken,
}
