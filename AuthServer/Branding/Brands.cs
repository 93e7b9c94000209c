using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Branding.Pictures;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Branding;

/// <summary>How organizations show themselves: read, changed, taken back by their administrators.</summary>
public sealed class Brands(IDbContextFactory<AuthDbContext> contexts, IssuerUri issuer, TimeProvider clock)
{
    private static Problem ChangedMeanwhile { get; } = Problem.Conflict("changed_meanwhile", "Somebody else changed it at the same moment. Try again.");

    public async Task<Answer<BrandDetail>> FindAsync(Developer developer, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await DetailAsync(context, developer.OrganizationId, ct);
    }

    /// <summary>As people see it now.</summary>
    public async Task<Answer<ShownBrand>> PresentAsync(Developer developer, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await ShownBrands.Of(context, developer.OrganizationId).FirstOrDefaultAsync(ct) is { } stored ? ShownBrand.Of(stored) : Problem.NotFound;
    }

    /// <summary>Whether it may be so; nothing is stored.</summary>
    /// <returns>The brand as people would see it, with the logo that is there.</returns>
    public async Task<Answer<ShownBrand>> TryAsync(Developer developer, BrandChange said, CancellationToken ct)
    {
        var faults = new Faults();
        BrandRules.Check(said, new Uri(issuer.Value).Host, faults);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var brand = new Brand { OrganizationId = developer.OrganizationId };
        Write(brand, said);
        return await ShownBrands.Of(context, developer.OrganizationId).FirstOrDefaultAsync(ct) is { } stored ? ShownBrand.Of(stored with { Brand = brand }) : Problem.NotFound;
    }

    public Task<Answer<BrandDetail>> ChangeAsync(HttpContext http, Developer developer, BrandChange said, IfMatch match, CancellationToken ct)
    {
        var faults = new Faults();
        BrandRules.Check(said, new Uri(issuer.Value).Host, faults);
        return faults.Problem is { } problem ? Task.FromResult<Answer<BrandDetail>>(problem) : SaveAsync(http, developer, BrandEvents.Changed, match, (_, brand) =>
        {
            Write(brand, said);
            return Task.CompletedTask;
        }, ct);
    }

    public Task<Answer<BrandDetail>> ChangeLogoAsync(HttpContext http, Developer developer, LogoFile sent, IfMatch match, CancellationToken ct)
    {
        var (picture, fault) = Picture.Read(sent.Content, sent.MediaType);
        return picture is null ? Task.FromResult<Answer<BrandDetail>>(Problem.Invalid("logo", fault!)) : SaveAsync(http, developer, BrandEvents.LogoChanged, match, async (context, _) =>
        {
            var logo = await context.BrandLogos.FirstOrDefaultAsync(row => row.OrganizationId == developer.OrganizationId, ct);
            if (logo is null)
            {
                context.BrandLogos.Add(logo = new BrandLogo { OrganizationId = developer.OrganizationId });
            }

            (logo.Kind, logo.Width, logo.Height, logo.Hash, logo.Content) = (picture.Kind, picture.Width, picture.Height, picture.Hash, picture.Content);
        }, ct);
    }

    public Task<Answer<BrandDetail>> RemoveLogoAsync(HttpContext http, Developer developer, IfMatch match, CancellationToken ct) =>
        SaveAsync(http, developer, BrandEvents.LogoRemoved, match, async (context, _) =>
        {
            context.BrandLogos.RemoveRange(await context.BrandLogos.Where(row => row.OrganizationId == developer.OrganizationId).ToListAsync(ct));
        }, ct);

    /// <summary>As at first: nothing of it is left, the logo included.</summary>
    public async Task<Answer<NoContent>> ResetAsync(HttpContext http, Developer developer, IfMatch match, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var brand = await context.Brands.FirstOrDefaultAsync(row => row.OrganizationId == developer.OrganizationId, ct);
        if (!match.Allows(brand?.Version ?? BrandDetail.FirstVersion))
        {
            return Problem.Stale;
        }

        if (brand is null)
        {
            return Answer.Done;
        }

        context.BrandLogos.RemoveRange(await context.BrandLogos.Where(row => row.OrganizationId == developer.OrganizationId).ToListAsync(ct));
        context.Brands.Remove(brand);
        return await SaveAsync(context, http, developer, BrandEvents.Reset, ct) ?? Answer.Done;
    }

    private async Task<Answer<BrandDetail>> SaveAsync(
        HttpContext http, Developer developer, string what, IfMatch match, Func<AuthDbContext, Brand, Task> changeAsync, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var brand = await context.Brands.FirstOrDefaultAsync(row => row.OrganizationId == developer.OrganizationId, ct);
        if (!match.Allows(brand?.Version ?? BrandDetail.FirstVersion))
        {
            return Problem.Stale;
        }

        var isNew = brand is null;
        brand ??= new Brand { OrganizationId = developer.OrganizationId };
        await changeAsync(context, brand);
        if (isNew && (context.ChangeTracker.HasChanges() || !IsPlain(brand)))
        {
            context.Brands.Add(brand);
        }

        if (!context.ChangeTracker.HasChanges())
        {
            return await DetailAsync(context, developer.OrganizationId, ct);
        }

        (brand.UpdatedAt, brand.Version) = (clock.GetStoredNow(), NewOrganizations.NewVersion());
        return await SaveAsync(context, http, developer, what, ct) is { } problem ? problem : await DetailAsync(context, developer.OrganizationId, ct);
    }

    private async Task<Problem?> SaveAsync(AuthDbContext context, HttpContext http, Developer developer, string what, CancellationToken ct)
    {
        context.AuditEvents.Add(AuditEventRow.From(http.Event(what, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            Target = developer.OrganizationId,
        }));
        try
        {
            await context.SaveChangesAsync(ct);
            return null;
        }
        catch (DbUpdateException)
        {
            // Two at once: the row was made, changed or removed by the other.
            return ChangedMeanwhile;
        }
    }

    private static async Task<Answer<BrandDetail>> DetailAsync(AuthDbContext context, string organizationId, CancellationToken ct)
    {
        var (brand, logo) = (await context.Brands.AsNoTracking().FirstOrDefaultAsync(row => row.OrganizationId == organizationId, ct),
            await ShownBrands.Logos(context, organizationId).FirstOrDefaultAsync(ct));
        AccentColour? colour = brand?.Colour is { } rgb ? new AccentColour(rgb) : null;
        return new BrandDetail(
            brand?.Name,
            colour?.ToString(),
            colour?.Buttons,
            brand?.Language,
            ShownBrand.TextsOf(brand?.Texts),
            logo is null ? null : new LogoDetail(logo.AddressIn(organizationId), Picture.MediaTypeOf(logo.Kind), logo.Width, logo.Height),
            brand?.UpdatedAt,
            brand?.Version ?? BrandDetail.FirstVersion);
    }

    private static bool IsPlain(Brand brand) => brand is { Name: null, Colour: null, Language: null };

    private static void Write(Brand brand, BrandChange said)
    {
        var texts = (said.Texts ?? []).Where(pair => pair.Value is { IsEmpty: false }).ToDictionary(pair => BrandRules.Tag(pair.Key)!, pair => pair.Value!, StringComparer.Ordinal);
        (brand.Name, brand.Colour) = (said.Name, said.Colour is null ? null : AccentColour.Read(said.Colour)?.Rgb);
        brand.Language = said.Language is { } tag ? BrandRules.Tag(tag) : texts.ContainsKey("en") ? "en" : texts.Keys.Order(StringComparer.Ordinal).FirstOrDefault();
        brand.Texts = JsonSerializer.Serialize(texts.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(), ApiJson.Options);
    }
}
