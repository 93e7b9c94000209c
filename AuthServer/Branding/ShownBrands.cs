using AuthServer.Branding.Pictures;
using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Branding;

/// <summary>Which brand a page wears.</summary>
public sealed class ShownBrands(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>The organization's; null: it has none, or it is suspended.</summary>
    public async Task<ShownBrand?> OfAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await Of(context, organizationId).FirstOrDefaultAsync(ct) is { Brand: not null, IsSuspended: false } stored ? ShownBrand.Of(stored) : null;
    }

    /// <summary>That of the organization whose application, or whose agent, this client is; null: it is nobody's, or they have none.</summary>
    /// <param name="applicationId">The row's.</param>
    public async Task<ShownBrand?> OfClientAsync(string applicationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var maker = await context.OrganizationApplications.Where(row => row.ApplicationId == applicationId && row.RemovedAt == null).Select(row => row.OrganizationId)
            .Concat(context.Agents.Where(row => row.ApplicationId == applicationId).Select(row => row.OrganizationId)).FirstOrDefaultAsync(ct);
        return maker is null ? null : await OfAsync(maker, ct);
    }

    internal static IQueryable<StoredBrand> Of(AuthDbContext context, string organizationId) =>
        from organization in context.Organizations.AsNoTracking()
        where organization.Id == organizationId
        from brand in context.Brands.Where(row => row.OrganizationId == organization.Id).DefaultIfEmpty()
        from logo in context.BrandLogos.Where(row => row.OrganizationId == organization.Id).DefaultIfEmpty()
        select new StoredBrand(
            organization.Id, organization.Name, organization.SuspendedAt != null, brand, logo == null ? null : new StoredLogo(logo.Hash, logo.Kind, logo.Width, logo.Height));

    /// <summary>Without the picture itself.</summary>
    internal static IQueryable<StoredLogo> Logos(AuthDbContext context, string organizationId) =>
        context.BrandLogos.Where(row => row.OrganizationId == organizationId).Select(logo => new StoredLogo(logo.Hash, logo.Kind, logo.Width, logo.Height));
}

/// <summary>What is stored of an organization's brand, without the picture itself.</summary>
internal sealed record StoredBrand(string OrganizationId, string OrganizationName, bool IsSuspended, Brand? Brand, StoredLogo? Logo);

internal sealed record StoredLogo(string Hash, PictureKind Kind, int Width, int Height)
{
    public string AddressIn(string organizationId) => $"{BrandFiles.Folder}/{organizationId}/{Hash}{Picture.EndingOf(Kind)}";
}
